#include "loop/state_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>

#include "net/file_descriptor.h"

namespace signpost {

namespace {

constexpr uintmax_t kLargest = 16u << 20;

std::string system_error(const std::string& what) { return what + ": " + std::strerror(errno); }

// Empty on success, else what went wrong.
std::string write_whole(const std::string& path, const std::string& text) {
  const std::string temporary = path + ".new";
  {
    const FileDescriptor file(
        open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (!file) return system_error(temporary);
    for (size_t at = 0; at < text.size();) {
      const ssize_t n = write(file.get(), text.data() + at, text.size() - at);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return system_error(temporary);
      at += size_t(n);
    }
    if (fsync(file.get()) != 0) return system_error(temporary);
  }
  return rename(temporary.c_str(), path.c_str()) == 0 ? "" : system_error(path);
}

}  // namespace

// Writes one at a time, and never an older text of a file over a newer one: flush() may overtake a
// write that waits for a thread of the pool.
struct StateDirectory::Order {
  std::string write(uint64_t number, const std::string& path, const std::string& text) {
    const std::lock_guard lock(mutex);
    uint64_t& newest = written[path];
    if (number < newest) return {};
    newest = number;
    return write_whole(path, text);
  }

  std::mutex mutex;
  std::map<std::string, uint64_t> written;  // number of the newest text, by path
  uint64_t last_number = 0;                 // control loop
};

struct StateDirectory::Write {
  uv_work_t work;
  StateDirectory* owner;
  std::shared_ptr<Order> order;
  uint64_t number;
  std::string name, path;
  std::shared_ptr<const std::string> text;
  std::string error;
};

StateDirectory::StateDirectory(uv_loop_t* loop, std::string path)
    : loop_(loop),
      path_(std::move(path)),
      order_(std::make_shared<Order>()),
      complaints_(1, std::chrono::milliseconds(60'000)) {
  if (path_.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  if (access(path_.c_str(), W_OK) != 0)
    log_warning("", "state directory " + path_ + " cannot be written (" + std::strerror(errno) +
                        "): health state will not survive a restart");
}

std::string StateDirectory::load(std::string_view name) const {
  if (path_.empty()) return {};
  const std::string path = path_ + "/" + std::string(name);
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(path, error);
  if (error || size > kLargest) return {};
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void StateDirectory::save(std::string_view name, std::string text) {
  if (path_.empty()) return;
  const std::string key(name);
  waiting_[key] = std::move(text);
  if (!running_[key]) start(key);
}

void StateDirectory::start(const std::string& name) {
  const auto text = std::make_shared<const std::string>(std::move(waiting_[name]));
  running_[name] = text;
  auto* write =
      new Write{{}, this, order_, ++order_->last_number, name, path_ + "/" + name, text, {}};
  waiting_.erase(name);
  write->work.data = write;
  uv_queue_work(
      loop_, &write->work,
      [](uv_work_t* w) {
        auto* self = static_cast<Write*>(w->data);
        self->error = self->order->write(self->number, self->path, *self->text);
      },
      [](uv_work_t* w, int) {
        const std::unique_ptr<Write> self(static_cast<Write*>(w->data));
        self->owner->finished(self->name, self->error);
      });
}

void StateDirectory::finished(const std::string& name, const std::string& error) {
  running_[name] = nullptr;
  if (!error.empty())
    if (complaints_.admit(uv_now(loop_))) log_warning("", "state is not saved: " + error);
  if (waiting_.contains(name)) start(name);
}

void StateDirectory::flush() {
  for (const auto& [name, text] : running_)
    if (text) waiting_.try_emplace(name, *text);
  for (const auto& [name, text] : waiting_)
    if (const std::string error = order_->write(++order_->last_number, path_ + "/" + name, text);
        !error.empty())
      log_warning("", "state is not saved: " + error);
  waiting_.clear();
}

}  // namespace signpost
