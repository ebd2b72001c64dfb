#include "probe/connector.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace signpost::probe {

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

void Connector::start(const Endpoint& to) {
  sockaddr_storage address{};
  const socklen_t size = to.to(address);
  socket_ = Descriptor(::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket_.get() < 0) return finish(errno);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0) {
    return finish(0);
  }
  if (errno != EINPROGRESS) return finish(errno);
  watch_ = std::make_unique<DescriptorWatch>(loop_, socket_.get(), [this](int) {
    int error = 0;
    socklen_t length = sizeof error;
    if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
    finish(error);
  });
  watch_->want(DescriptorWatch::writable);
}

void Connector::finish(int error) {
  watch_.reset();
  Descriptor connected = error == 0 ? std::move(socket_) : Descriptor();
  const Done done = std::exchange(done_, nullptr);
  done(std::move(connected), error);  // may destroy this object
}

}  // namespace signpost::probe
