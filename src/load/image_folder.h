// SPDX-License-Identifier: Apache-2.0
// A folder of pictures (.png, .jpg, .jpeg), decoded to bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <rheo/status.h>
#include <rheo/tensor.h>

#include "load/fit_picture.h"

namespace rheo {

struct ImageFolder {
  Tensor images;                     // u8 [n, channels, height, width]
  std::vector<std::string> classes;  // names of the sub-folders, sorted; empty: there are none
  std::vector<std::int32_t> labels;  // index into `classes` per image; empty: there are none
};

// Pictures lie in `folder` itself, or in its sub-folders, which then are the classes; not both. They are read in the
// order of their names. `channels` is 1 (grey) or 3 (red, green, blue); pictures are converted to it. Where `fit` is
// asked for, those of another size are brought to it.
// not_found: no such folder, or no picture in it. invalid_argument: pictures beside sub-folders, or of several sizes.
// bad_format: a picture cannot be decoded; says which.
Result<ImageFolder> read_image_folder(const std::string& folder, int channels, const PictureFit& fit = {});

}  // namespace rheo
