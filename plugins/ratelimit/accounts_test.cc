#include "accounts.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace signpost::ratelimit {
namespace {

using std::chrono::seconds;

constexpr uint64_t kSecond = 1'000'000'000, kStart = 1000 * kSecond;

// What `n` answers get, sent `every_ns`: p(ass), t(runcate), d(rop).
std::string rulings(Accounts& accounts, uint64_t key, const Rate& rate, unsigned slip, unsigned n,
                    uint64_t from_ns, uint64_t every_ns = 0) {
  std::string text;
  for (unsigned i = 0; i < n; ++i)
    text += "ptd"[size_t(accounts.debit(key, rate, slip, from_ns + i * every_ns))];
  return text;
}

unsigned passed(Accounts& accounts, uint64_t key, const Rate& rate, unsigned n, uint64_t from_ns,
                uint64_t every_ns) {
  const std::string all = rulings(accounts, key, rate, 0, n, from_ns, every_ns);
  return unsigned(std::count(all.begin(), all.end(), 'p'));
}

TEST(Accounts, a_second_s_worth_passes_at_once) {
  Accounts accounts(1000);
  const Rate rate = make_rate(5, 1, seconds(15));
  EXPECT_EQ(rulings(accounts, 1, rate, 0, 8, kStart), "pppppddd");
  EXPECT_EQ(rulings(accounts, 2, rate, 0, 2, kStart), "pp") << "another account";
}

TEST(Accounts, the_rate_itself_passes_for_ever) {
  for (const double per_second : {0.2, 1.0, 3.0, 5.0, 7.0, 1000.0, 999'999.0}) {
    Accounts accounts(1000);
    const Rate rate = make_rate(per_second, 1, seconds(15));
    const auto every = uint64_t(kSecond / per_second) + 1;
    EXPECT_EQ(passed(accounts, 1, rate, 1000, kStart, every), 1000u) << per_second;
  }
}

TEST(Accounts, whoever_goes_on_above_the_rate_gets_nothing_more) {
  Accounts accounts(1000);
  const Rate rate = make_rate(5, 1, seconds(15));
  EXPECT_LE(passed(accounts, 1, rate, 1000, kStart, kSecond / 100), 6u);
}

TEST(Accounts, a_flood_is_forgiven_when_the_window_has_passed) {
  Accounts accounts(1000);
  const Rate rate = make_rate(5, 1, seconds(15));
  passed(accounts, 1, rate, 100'000, kStart, 1000);
  const uint64_t end = kStart + 100'000 * 1000;
  EXPECT_EQ(rulings(accounts, 1, rate, 0, 1, end + 14 * kSecond), "d");
  EXPECT_EQ(rulings(accounts, 1, rate, 0, 2, end + 15 * kSecond + kSecond / 2), "pd")
      << "0.2 s of the debt are from the answer dropped just now";
  EXPECT_EQ(rulings(accounts, 1, rate, 0, 6, end + 40 * kSecond), "pppppd");
}

TEST(Accounts, every_slip_th_is_truncated) {
  const Rate rate = make_rate(1, 1, seconds(15));
  const struct {
    unsigned slip;
    std::string wanted;
  } cases[] = {{0, "pddddddd"}, {1, "pttttttt"}, {2, "pdtdtdtd"}, {3, "pddtddtd"}};
  for (const auto& c : cases) {
    Accounts accounts(1000);
    EXPECT_EQ(rulings(accounts, 1, rate, c.slip, 8, kStart), c.wanted) << c.slip;
  }
}

TEST(Accounts, workers_share_the_rate) {
  const Rate rate = make_rate(8, 4, seconds(15));
  Accounts workers[4] = {Accounts(100), Accounts(100), Accounts(100), Accounts(100)};
  unsigned all = 0;
  for (Accounts& accounts : workers)  // 2 a second each, over 100 s, from rest
    all += passed(accounts, 1, rate, 200, kStart, kSecond / 2 + 1);
  EXPECT_EQ(all, 800u);
  EXPECT_EQ(rulings(workers[0], 7, rate, 0, 9, kStart), "ppppppppd") << "at once, on one worker";
  EXPECT_LE(passed(workers[0], 8, rate, 1000, kStart, kSecond / 4), 8u + 8u)
      << "4 a second on one worker is above its share";
}

TEST(Accounts, a_rate_below_one_a_second_lets_one_pass) {
  Accounts accounts(100);
  const Rate rate = make_rate(0.5, 1, seconds(15));
  EXPECT_EQ(rulings(accounts, 1, rate, 0, 3, kStart), "pdd");
}

TEST(Accounts, time_that_runs_backwards_is_harmless) {
  Accounts accounts(100);
  const Rate rate = make_rate(2, 1, seconds(1));
  EXPECT_EQ(rulings(accounts, 1, rate, 0, 3, kStart), "ppd");
  EXPECT_EQ(rulings(accounts, 1, rate, 0, 2, kStart - kSecond), "dd");
  EXPECT_EQ(rulings(accounts, 1, rate, 0, 1, kStart + 3 * kSecond), "p");
  EXPECT_EQ(rulings(accounts, 2, rate, 0, 3, 0), "ppd") << "at the beginning of time";
}

TEST(Accounts, no_rate_is_no_limit) {
  EXPECT_FALSE(make_rate(0, 4, seconds(15)).limited());
  EXPECT_TRUE(make_rate(1e9, 1, seconds(15)).limited());
}

// A million accounts pass by; the one under flood stays known.
TEST(Accounts, a_crowd_does_not_have_a_flood_forgotten) {
  Accounts accounts(64);
  const Rate rate = make_rate(5, 1, seconds(15));
  std::mt19937_64 random(20260101);
  const uint64_t victim = random();
  passed(accounts, victim, rate, 100, kStart, 1000);
  for (unsigned i = 0; i < 1'000'000; ++i) {
    const uint64_t now = kStart + i * 10'000ull;  // 100,000 a second, for 10 s
    accounts.debit(random(), rate, 0, now);
    if (i % 100'000 == 0) {
      ASSERT_EQ(rulings(accounts, victim, rate, 0, 1, now), "d") << i;
    }
  }
  EXPECT_GT(accounts.displaced(), 0u);
}

// A crowd beyond the table's size is not limited for what others did.
TEST(Accounts, a_newcomer_begins_without_debt) {
  Accounts accounts(8);
  const Rate rate = make_rate(1, 1, seconds(15));
  for (uint64_t key = 1; key <= 1000; ++key)
    ASSERT_EQ(rulings(accounts, key << 20 | key, rate, 0, 1, kStart), "p") << key;
}

TEST(Accounts, an_account_without_debt_costs_nobody_a_place) {
  Accounts accounts(8);
  const Rate rate = make_rate(1, 1, seconds(1));
  for (uint64_t key = 1; key <= 100; ++key)
    EXPECT_EQ(rulings(accounts, key, rate, 0, 1, kStart + key * kSecond), "p");
  EXPECT_EQ(accounts.displaced(), 0u);
}

}  // namespace
}  // namespace signpost::ratelimit
