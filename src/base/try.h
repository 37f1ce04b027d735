// SPDX-License-Identifier: Apache-2.0
// Early return for Status and Result: the two macros of the house, because a function cannot return for its caller.
#pragma once

#include <utility>

#include <rheo/status.h>

#define RHEO_CONCAT_INNER(a, b) a##b
#define RHEO_CONCAT(a, b) RHEO_CONCAT_INNER(a, b)

// RHEO_RETURN_IF_ERROR(status_expression);
#define RHEO_RETURN_IF_ERROR(expression)                                                  \
  do {                                                                                    \
    if (::rheo::Status rheo_status = (expression); !rheo_status.ok()) return rheo_status; \
  } while (false)

// RHEO_ASSIGN_OR_RETURN(Tensor tensor, read_tensor(...)); NOLINTBEGIN(bugprone-macro-parentheses): it declares a name
#define RHEO_ASSIGN_OR_RETURN(declaration, expression) \
  RHEO_ASSIGN_OR_RETURN_AS(declaration, expression, RHEO_CONCAT(rheo_result_, __LINE__))
#define RHEO_ASSIGN_OR_RETURN_AS(declaration, expression, result) \
  auto result = (expression);                                     \
  if (!result.ok()) return result.status();                       \
  declaration = std::move(*result)
// NOLINTEND(bugprone-macro-parentheses)
