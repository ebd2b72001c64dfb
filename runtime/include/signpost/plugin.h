// The plugin API: a plugin includes this header and what else it needs of signpost/, nothing of the
// runtime. A plugin is one folder, one module, one directive of the Corefile, made of up to three
// plain classes; the class tells which loop its code runs on:
//
// clang-format off
//   Settings  made once from the directive's lines (`Settings(Setup&)`); immutable from then on.
//   Worker    one per worker (`Worker(const Settings&)`), plain members, no locks, with any of
//               Down down(Query&) noexcept                 asked on the way to the source
//               Up   up(Query&) noexcept                   asked on the way back up
//               void done(const Query&, const Outcome&) noexcept
//                                                          sees what was sent; changes nothing
//               void refreshed() noexcept                  a new snapshot was taken up
//   Agent     optional, one, on the control loop (`Agent(const Settings&, Control&)`), with
//               void publish(Draft&)                       fills its tables of the next snapshot
// clang-format on
//
//   SIGNPOST_PLUGIN(whoami, signpost::Stage::source, Settings, Worker)
//
// A hook that is absent costs nothing. A hook with a wrong signature does not compile.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include "signpost/abi.h"
#include "signpost/control.h"
#include "signpost/policy.h"
#include "signpost/query.h"
#include "signpost/setup.h"

namespace signpost {

// Places in the chain, from the client down to the source. Within a stage the order is `before` and
// `after` of the descriptor, then the name.
enum class Stage : uint8_t { observe, guard, rewrite, follow, choose, judge, cache, source };

// What a plugin may answer besides questions for its block's zones. Such queries have no zone that
// tells the block: on each listener the first block in the Corefile with a plugin for them is
// asked, and of its plugins only those, and the ones of the stages above `rewrite`.
enum Beyond : uint8_t {
  beyond_class_in = 1,    // questions of class CH
  beyond_a_question = 2,  // queries without a question but with a cookie (RFC 7873, section 5.4)
};

// The one thing a module exports.
struct PluginInfo {
  const char* api = SIGNPOST_API_HASH;  // must equal the server's, or the module is refused
  const char* name = nullptr;
  Stage stage = Stage::source;
  const char* before = nullptr;  // name of a plugin of the same stage, or null
  const char* after = nullptr;
  const Policy* policy = nullptr;  // for steering plugins
  uint8_t beyond = 0;              // of Beyond

  void* (*make_settings)(Setup&) = nullptr;
  void (*unmake_settings)(void*) noexcept = nullptr;
  void* (*make_worker)(const void* settings) = nullptr;
  void (*unmake_worker)(void*) noexcept = nullptr;
  Down (*down)(void*, Query&) noexcept = nullptr;
  Up (*up)(void*, Query&) noexcept = nullptr;
  void (*done)(void*, const Query&, const Outcome&) noexcept = nullptr;
  void (*refreshed)(void*) noexcept = nullptr;
  void* (*make_agent)(const void* settings, Control&) = nullptr;
  void (*unmake_agent)(void*) noexcept = nullptr;
  void (*publish)(void*, Draft&) = nullptr;
};

struct NoAgent {};
struct NoSettings {  // for a directive without arguments
  explicit NoSettings(Setup& setup) {
    for (const Directive& line : setup.lines()) expect_args(line, 0, 0, false);
  }
};

template <class W>
concept HasDown = requires(W& w, Query& q) {
  { w.down(q) }
  noexcept->std::same_as<Down>;
};
template <class W>
concept HasUp = requires(W& w, Query& q) {
  { w.up(q) }
  noexcept->std::same_as<Up>;
};
template <class W>
concept HasDone = requires(W& w, const Query& q, const Outcome& o) {
  { w.done(q, o) }
  noexcept->std::same_as<void>;
};
template <class W>
concept HasRefreshed = requires(W& w) {
  { w.refreshed() }
  noexcept->std::same_as<void>;
};

template <class Settings, class Worker, class Agent = NoAgent>
constexpr PluginInfo describe(const char* name, Stage stage) {
  static_assert(std::constructible_from<Settings, Setup&>, "settings need: Settings(Setup&)");
  static_assert(std::constructible_from<Worker, const Settings&>,
                "a worker needs: Worker(const Settings&)");
  static_assert(
      !requires { &Worker::down; } || HasDown<Worker>, "wanted: Down down(Query&) noexcept");
  static_assert(
      !requires { &Worker::up; } || HasUp<Worker>, "wanted: Up up(Query&) noexcept");
  static_assert(
      !requires { &Worker::done; } || HasDone<Worker>,
      "wanted: void done(const Query&, const Outcome&) noexcept");
  static_assert(
      !requires { &Worker::refreshed; } || HasRefreshed<Worker>,
      "wanted: void refreshed() noexcept");
  PluginInfo info;
  info.name = name;
  info.stage = stage;
  info.make_settings = [](Setup& s) -> void* { return new Settings(s); };
  info.unmake_settings = [](void* p) noexcept { delete static_cast<Settings*>(p); };
  info.make_worker = [](const void* s) -> void* {
    return new Worker(*static_cast<const Settings*>(s));
  };
  info.unmake_worker = [](void* p) noexcept { delete static_cast<Worker*>(p); };
  if constexpr (HasDown<Worker>)
    info.down = [](void* p, Query& q) noexcept { return static_cast<Worker*>(p)->down(q); };
  if constexpr (HasUp<Worker>)
    info.up = [](void* p, Query& q) noexcept { return static_cast<Worker*>(p)->up(q); };
  if constexpr (HasDone<Worker>)
    info.done = [](void* p, const Query& q, const Outcome& o) noexcept {
      static_cast<Worker*>(p)->done(q, o);
    };
  if constexpr (HasRefreshed<Worker>)
    info.refreshed = [](void* p) noexcept { static_cast<Worker*>(p)->refreshed(); };
  if constexpr (!std::same_as<Agent, NoAgent>) {
    info.make_agent = [](const void* s, Control& c) -> void* {
      return new Agent(*static_cast<const Settings*>(s), c);
    };
    info.unmake_agent = [](void* p) noexcept { delete static_cast<Agent*>(p); };
    if constexpr (requires(Agent & a, Draft & d) { a.publish(d); })
      info.publish = [](void* p, Draft& d) { static_cast<Agent*>(p)->publish(d); };
    else
      static_assert(
          !requires { &Agent::publish; }, "wanted: void publish(Draft&)");
  }
  return info;
}

constexpr PluginInfo with_policy(PluginInfo info, const Policy& policy) {
  info.policy = &policy;
  return info;
}
constexpr PluginInfo answering(PluginInfo info, Beyond beyond) {
  info.beyond = beyond;
  return info;
}
constexpr PluginInfo placed(PluginInfo info, const char* before, const char* after) {
  info.before = before;
  info.after = after;
  return info;
}

}  // namespace signpost

// Exports the descriptor INFO of plugin NAME. The symbol carries the name, so that several plugins
// link into one program.
#define SIGNPOST_EXPORT(NAME, ...)                                               \
  extern "C" SIGNPOST_API const signpost::PluginInfo* signpost_plugin_##NAME() { \
    static constexpr signpost::PluginInfo info = __VA_ARGS__;                    \
    return &info;                                                                \
  }
#define SIGNPOST_PLUGIN(NAME, STAGE, ...) \
  SIGNPOST_EXPORT(NAME, signpost::describe<__VA_ARGS__>(#NAME, STAGE))
