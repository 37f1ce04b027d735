// SPDX-License-Identifier: Apache-2.0
#include "support/picture_files.h"

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#include <stb_image_write.h>

#include <stdexcept>

namespace rheo::testing {

void write_png(const std::string& file, int width, int height, int channels, const std::vector<std::uint8_t>& pixels) {
  if (stbi_write_png(file.c_str(), width, height, channels, pixels.data(), width * channels) == 0) {
    throw std::runtime_error("cannot write " + file);
  }
}

}  // namespace rheo::testing
