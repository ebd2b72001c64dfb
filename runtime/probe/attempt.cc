#include "probe/attempt.h"

#include <uv.h>

#include <system_error>
#include <utility>

#include "probe/request.h"
#include "resolve/resolver.h"

namespace signpost::probe {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr uint16_t type_a = 1;

std::chrono::microseconds since(uint64_t start) {
  return std::chrono::microseconds((uv_hrtime() - start) / 1000);
}

milliseconds connect_limit(const ProbeSpec& spec) {
  if (spec.connect_timeout > milliseconds(0)) return spec.connect_timeout;
  return spec.kind == ProbeSpec::tcp ? seconds(10) : seconds(4);
}

std::string why_unresolved(const Resolution& resolution) {
  switch (resolution.status) {
    case Resolution::no_data:
      return "the name has no IPv4 address";
    case Resolution::no_such_name:
      return "no such name";
    default:
      return resolution.error;
  }
}

}  // namespace

Attempt::Attempt(const Surroundings& surroundings, ProbeSpec spec, Done done)
    : surroundings_(surroundings),
      spec_(std::move(spec)),
      done_(std::move(done)),
      started_(uv_hrtime()),
      self_(std::make_shared<Attempt*>(this)),
      timer_(surroundings_.loop, [this] { on_timer(); }) {
  timer_.start(milliseconds(0));
}

Attempt::~Attempt() { *self_ = nullptr; }

void Attempt::begin() {
  if (std::string why = why_invalid(spec_); !why.empty()) return finish({false, std::move(why)});
  if (spec_.timeout > milliseconds(0)) {
    limit_ = spec_.timeout;
    timer_.start(limit_);
  }
  send_name_ = spec_.sni && !Address::parse(endpoint_name(spec_));
  if (const auto address = Address::parse(spec_.host)) return connect({*address, spec_.port});
  resolve();
}

void Attempt::resolve() {
  std::string why;
  const auto name = Name::parse(spec_.host, NameView(), &why);
  if (!name) return finish({false, "DNS resolution failed: " + printable(why, 255)});
  phase_ = Phase::resolving;  // limited by the resolver itself
  surroundings_.resolver.resolve(*name, type_a, [self = self_](const Resolution& resolution) {
    if (*self) (*self)->on_resolved(resolution);
  });
}

void Attempt::on_resolved(const Resolution& resolution) {
  if (resolution.status != Resolution::answered) {
    return finish({false, "DNS resolution failed: " + why_unresolved(resolution)});
  }
  connect({resolution.addresses.front(), spec_.port});
}

void Attempt::connect(const Endpoint& to) {
  endpoint_ = to;
  enter(Phase::connecting, connect_limit(spec_));
  connecting_since_ = uv_hrtime();
  connector_.emplace(surroundings_.loop, [this](Descriptor connected, int error) {
    on_connected(std::move(connected), error);
  });
  connector_->start(to);  // may end in the destruction of this object
}

void Attempt::on_connected(Descriptor connected, int error) {
  if (error != 0) {
    return finish({false, "connect: " + std::generic_category().message(error)});
  }
  connect_time_ = since(connecting_since_);
  if (spec_.kind == ProbeSpec::tcp) return finish({true, "TCP connection established"});
  exchange(std::move(connected));
}

void Attempt::exchange(Descriptor connected) {
  enter(Phase::requesting, spec_.status_timeout);
  const Exchange::Tls tls{send_name_, spec_.verify_tls || send_name_};
  exchange_.emplace(surroundings_.transfers, spec_, tls, endpoint_, std::move(connected),
                    Exchange::Events{[this] { enter(Phase::reading, spec_.body_timeout); },
                                     [this](Exchange::Ending ending, Verdict verdict) {
                                       on_exchange_ended(ending, std::move(verdict));
                                     }});
}

// H-06: a certificate for other names leads to a second try without SNI, whose result counts.
void Attempt::on_exchange_ended(Exchange::Ending ending, Verdict verdict) {
  const bool again = ending == Exchange::Ending::name_not_covered && send_name_;
  if (!again) return finish(std::move(verdict));
  send_name_ = false;
  exchange_.reset();
  connect(endpoint_);
}

// One phase at a time has a limit of its own, unless there is one for all (ProbeSpec::timeout).
void Attempt::enter(Phase phase, milliseconds limit) {
  phase_ = phase;
  if (spec_.timeout > milliseconds(0)) return;
  limit_ = limit;
  timer_.start(limit);
}

void Attempt::on_timer() {
  if (phase_ == Phase::begin) return begin();
  finish({false, limit_text() + " within " + std::to_string(limit_.count()) + " ms"});
}

std::string Attempt::limit_text() const {
  switch (phase_) {
    case Phase::begin:
    case Phase::resolving:
      return "DNS resolution failed: no answer";
    case Phase::connecting:
      return "connect: no connection";
    case Phase::requesting:
      return exchange_ && !exchange_->tls_done() ? "TLS: handshake not finished" : "no HTTP status";
    case Phase::reading:
      break;
  }
  return spec_.expect_body.empty() ? "HTTP header not complete"
                                   : "the expected text did not arrive in the body";
}

void Attempt::finish(Verdict verdict) {
  timer_.stop();
  const Done done = std::exchange(done_, nullptr);
  done({verdict.success, std::move(verdict.reason), connect_time_, since(started_)});
  // This object may be gone.
}

}  // namespace signpost::probe
