// A private folder that is removed with all it holds when the object goes. One thread.
#pragma once

#include <string>
#include <string_view>

namespace signpost::kit {

class TemporaryFolder {
 public:
  TemporaryFolder();  // throws std::runtime_error if there can be none
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }  // absolute, without final slash
  // Writes a file below the folder, making its folders.
  void write(std::string_view name, std::string_view text) const;

 private:
  std::string path_;
};

}  // namespace signpost::kit
