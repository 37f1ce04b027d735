// SPDX-License-Identifier: Apache-2.0
// All of Rheo's public API. The five statements from file to answer stand at the top of engine.h; turning a trained
// model into a package is adapt.h; own policies and estimators start from policy.h and estimator.h.
#pragma once

#include <rheo/adapt.h>
#include <rheo/certificate.h>
#include <rheo/engine.h>
#include <rheo/estimator.h>
#include <rheo/log.h>
#include <rheo/model.h>
#include <rheo/observe.h>
#include <rheo/path.h>
#include <rheo/policy.h>
#include <rheo/record.h>
#include <rheo/status.h>
#include <rheo/tensor.h>
#include <rheo/version.h>
