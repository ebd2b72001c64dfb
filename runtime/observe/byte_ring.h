// A single-producer single-consumer ring of variable-length records in a block of bytes: a worker
// writes, the log writer reads. Neither ever waits for the other; a full ring drops the new record
// and counts it. Each record is an 8-byte header and its payload, rounded up to 8 bytes, and never
// wraps: where the rest of the block is too short, a header that only skips fills it.
//
// What the worker writes per record shares its cache line with nothing the reader writes. The
// worker looks at the reader's position only when, by the last it saw, the ring is full.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace signpost::observe {

class ByteRing {
 public:
  struct Record {
    uint16_t tag = 0;
    std::span<const uint8_t> payload;  // valid until release()
  };

  // `capacity` in bytes: rounded up to a power of two, between 64 and 2^30.
  explicit ByteRing(size_t capacity);
  ByteRing(const ByteRing&) = delete;
  ByteRing& operator=(const ByteRing&) = delete;

  size_t capacity() const { return mask_ + 1; }
  // Even with the rest of the block skipped, a record of this size fits into half of the ring.
  size_t max_payload() const { return capacity() / 4 - sizeof(Header); }

  // Producer only. See QueryLog for the contract.
  uint8_t* reserve(uint16_t tag, size_t bytes) noexcept;
  void commit() noexcept { head_.store(reserved_, std::memory_order_release); }

  // Consumer only. A position counts bytes since the start and never wraps in practice (2^64).
  uint64_t published() const noexcept { return head_.load(std::memory_order_acquire); }
  // Reads the next record before position `end` (a value of published()); false at `end`.
  bool next(uint64_t end, Record& out) noexcept;
  // Gives everything next() has passed back to the producer.
  void release() noexcept { tail_.store(read_, std::memory_order_release); }
  uint64_t read_position() const noexcept { return read_; }

  // Any thread: records dropped since the start.
  uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

 private:
  struct Header {
    uint32_t size;  // payload bytes, not rounded
    uint16_t tag;
    uint16_t skip;  // 1: no record, only `size` bytes to pass over
  };
  static_assert(sizeof(Header) == 8);
  static constexpr size_t kLine = 64;

  static size_t footprint(size_t payload) { return sizeof(Header) + ((payload + 7) & ~size_t{7}); }
  bool fits(size_t bytes) noexcept;
  uint8_t* at(uint64_t position) noexcept {
    return reinterpret_cast<uint8_t*>(block_.get()) + (position & mask_);
  }

  const size_t mask_;
  const std::unique_ptr<uint64_t[]> block_;  // words, for the alignment of payloads

  alignas(kLine) std::atomic<uint64_t> head_{0};  // the producer's line; only the producer writes
  uint64_t reserved_ = 0;                         // head_ after the next commit()
  uint64_t tail_seen_ = 0;                        // tail_ when last looked at

  alignas(kLine) std::atomic<uint64_t> tail_{0};  // the consumer's line
  uint64_t read_ = 0;                             // tail_ after the next release()

  alignas(kLine) std::atomic<uint64_t> dropped_{0};  // written by the producer when full, only
};

inline uint8_t* ByteRing::reserve(uint16_t tag, size_t bytes) noexcept {
  uint64_t head = head_.load(std::memory_order_relaxed);
  reserved_ = head;
  const size_t to_end = capacity() - (head & mask_);
  const size_t need = bytes <= max_payload() ? footprint(bytes) : 0;
  const size_t skip = need <= to_end ? 0 : to_end;
  if (need == 0 || !fits(skip + need)) [[unlikely]] {
    dropped_.store(dropped() + 1, std::memory_order_relaxed);
    return nullptr;
  }
  if (skip > 0) {
    new (at(head)) Header{uint32_t(skip - sizeof(Header)), 0, 1};
    head += skip;
  }
  uint8_t* const record = at(head);
  new (record) Header{uint32_t(bytes), tag, 0};
  reserved_ = head + need;
  return record + sizeof(Header);
}

inline bool ByteRing::fits(size_t bytes) noexcept {
  const uint64_t wanted = reserved_ + bytes;
  if (wanted - tail_seen_ <= capacity()) [[likely]]
    return true;
  tail_seen_ = tail_.load(std::memory_order_acquire);
  return wanted - tail_seen_ <= capacity();
}

}  // namespace signpost::observe
