// Small texts that outlive the process, one file each, in the state directory. Written whole or not
// at all (temporary file, fsync, rename) on libuv's pool; a directory that cannot be written costs
// a logged warning, at a limited rate, and nothing else. Control loop only.
#pragma once

#include <uv.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "signpost/log.h"

namespace signpost {

class StateDirectory {
 public:
  // `path` empty: nothing is kept. The directory is made if it does not exist.
  StateDirectory(uv_loop_t* loop, std::string path);
  // The loop must have run dry, unless the process ends without it.
  ~StateDirectory() = default;

  std::string load(std::string_view name) const;  // at most 16 MiB; empty if there is none
  void save(std::string_view name, std::string text);
  // What is not written yet is written at once, in the caller, even if the pool was asked to: at
  // the end of the process, which does not wait for the pool.
  void flush();

 private:
  struct Write;
  struct Order;
  void start(const std::string& name);
  void finished(const std::string& name, const std::string& error);

  uv_loop_t* loop_;
  std::string path_;
  std::shared_ptr<Order> order_;
  std::map<std::string, std::string, std::less<>> waiting_;  // newest text by name
  // Handed to the pool and not heard of since; null: nothing.
  std::map<std::string, std::shared_ptr<const std::string>, std::less<>> running_;
  RateLimit complaints_;
};

}  // namespace signpost
