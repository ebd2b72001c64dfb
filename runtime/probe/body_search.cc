#include "probe/body_search.h"

#include <zlib.h>

#include <algorithm>
#include <utility>

namespace signpost::probe {

class BodySearch::Inflater {
 public:
  explicit Inflater(bool gzip) : gzip_(gzip) {}
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }

  // Appends what `bytes` inflate to, up to searched_bytes in `out`. False: corrupt.
  bool inflate(std::string_view bytes, std::string& out) {
    if (bytes.empty() || ended_) return true;
    if (!ready_ && !prepare(uint8_t(bytes[0]))) return false;
    const size_t old_size = out.size();
    out.resize(searched_bytes);
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = uInt(bytes.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data() + old_size);
    stream_.avail_out = uInt(searched_bytes - old_size);
    const int status = ::inflate(&stream_, Z_SYNC_FLUSH);
    out.resize(searched_bytes - stream_.avail_out);
    ended_ = status == Z_STREAM_END;
    return status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR;
  }

 private:
  // "deflate" means the zlib format (RFC 9110, section 8.4.1.2), but raw deflate is also seen in
  // the wild; the first byte tells (RFC 1950, section 2.2: method 8, window up to 32 KB).
  bool prepare(uint8_t first) {
    constexpr int window = 15, with_gzip_header = 16;
    const bool zlib_header = (first & 15) == 8 && first >> 4 <= 7;
    const int format = gzip_ ? window + with_gzip_header : zlib_header ? window : -window;
    ready_ = inflateInit2(&stream_, format) == Z_OK;
    return ready_;
  }

  z_stream stream_{};
  const bool gzip_;
  bool ready_ = false, ended_ = false;
};

BodySearch::BodySearch(std::string text, std::string_view content_encoding)
    : text_(std::move(text)) {
  const bool gzip = content_encoding == "gzip" || content_encoding == "x-gzip";
  if (gzip || content_encoding == "deflate") inflater_ = std::make_unique<Inflater>(gzip);
}

BodySearch::~BodySearch() = default;

BodySearch::State BodySearch::add(std::string_view bytes) {
  if (state_ != open) return state_;
  const size_t old_size = body_.size();
  if (inflater_) {
    corrupt_ = !inflater_->inflate(bytes, body_);
  } else {
    body_.append(bytes.substr(0, searched_bytes - old_size));
  }
  search_from(old_size);
  return state_;
}

void BodySearch::search_from(size_t old_size) {
  const size_t overlap = std::min(old_size, text_.size());
  if (body_.find(text_, old_size - overlap) != std::string::npos) {
    state_ = found;
  } else if (corrupt_ || body_.size() == searched_bytes) {
    state_ = absent;
  }
}

}  // namespace signpost::probe
