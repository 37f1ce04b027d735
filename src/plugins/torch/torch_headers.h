// SPDX-License-Identifier: Apache-2.0
// What of LibTorch the plugin uses, in one place because it takes long to compile.
#pragma once

#include <ATen/ATen.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/alias_analysis.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>
