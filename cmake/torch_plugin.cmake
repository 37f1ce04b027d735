# SPDX-License-Identifier: Apache-2.0
# librheo_torch.so, which reads TorchScript, and all else that links LibTorch. What LibTorch's package sets stays in the
# scope of cmake/torch/.
add_subdirectory(${PROJECT_SOURCE_DIR}/cmake/torch ${PROJECT_BINARY_DIR}/torch)
