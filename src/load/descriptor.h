// SPDX-License-Identifier: Apache-2.0
// An open file of the system, closed when it goes out of scope. Has one owner; moving hands it over.
#pragma once

#include <unistd.h>

#include <utility>

namespace rheo {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  // Negative when opening failed.
  int number() const { return number_; }
  // Whether the system agreed.
  bool close() {
    const int number = std::exchange(number_, -1);
    return number < 0 || ::close(number) == 0;
  }

 private:
  int number_;
};

}  // namespace rheo
