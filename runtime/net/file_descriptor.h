// A file descriptor with an owner: closed when its owner goes. Any thread, one at a time.
#pragma once

#include <unistd.h>

#include <utility>

namespace signpost {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
  FileDescriptor(FileDescriptor&& from) noexcept : fd_(from.release()) {}
  FileDescriptor& operator=(FileDescriptor&& from) noexcept {
    if (this != &from) reset(from.release());
    return *this;
  }
  ~FileDescriptor() { reset(); }

  int get() const noexcept { return fd_; }  // -1: none
  explicit operator bool() const noexcept { return fd_ >= 0; }
  int release() noexcept { return std::exchange(fd_, -1); }  // the caller closes it
  void reset(int fd = -1) noexcept {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }

 private:
  int fd_ = -1;
};

}  // namespace signpost
