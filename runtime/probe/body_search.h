// Looks for a text in the first bytes of an HTTP body, decompressing it on the way (H-03, H-09).
// Any thread; one object per body. The body is trusted in nothing: memory stays below 6 KB plus
// zlib's own state, however it was compressed.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace signpost::probe {

inline constexpr size_t searched_bytes = 5120;  // counted after decompression

class BodySearch {
 public:
  enum State { open, found, absent };

  // `content_encoding` is the field's value in lower case; "gzip", "x-gzip" and "deflate" (with
  // or without the zlib header) are decoded, any other body is searched as it is.
  BodySearch(std::string text, std::string_view content_encoding);
  ~BodySearch();

  // Takes the next bytes. After `found` or `absent` nothing changes any more.
  State add(std::string_view bytes);
  // True if the body's compressed form turned out broken.
  bool corrupt() const { return corrupt_; }

 private:
  class Inflater;
  void search_from(size_t old_size);

  std::string text_, body_;
  std::unique_ptr<Inflater> inflater_;
  State state_ = open;
  bool corrupt_ = false;
};

}  // namespace signpost::probe
