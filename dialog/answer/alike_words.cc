#include "dialog/answer/alike_words.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "text/analyse.h"

namespace frontdesk::dialog {
namespace {

// One group a line. A word may stand in several; being in a group with a word says nothing
// about that word's other groups.
constexpr std::array<std::string_view, 80> kGroups = {
    "buy bought purchase order",
    "pay paid payment",
    "send sent post mail",
    "give gave given",
    "take took taken",
    "bring brought",
    "break broke broken",
    "tear tore torn",
    "wear wore worn",
    "lose lost",
    "sell sold sale",
    "freeze froze frozen frost",
    "shrink shrank shrunk",
    "choose chose chosen pick",
    "forget forgot forgotten",
    "steal stole stolen theft",
    "write wrote written",
    "withdraw withdrew withdrawn revoke",
    "free gratis",
    "voucher gift",
    "present gift",
    "wire transfer",
    "courier carrier driver",
    "box carton package parcel packet",
    "oversized bulky large big huge",
    "rucksack backpack pack",
    "torch lamp headlamp light",
    "coat jacket",
    "pad mat",
    "brand maker make manufacturer",
    "passport identity",
    "advert advertising marketing",
    "erase wipe delete remove",
    "quit leave cancel",
    "photo picture image",
    "shut closed close",
    "quick fast speedy express",
    "allow permit permission",
    "smell stink odour",
    "refund reimburse money repay",
    "exchange swap replace",
    "parcel package shipment",
    "ship send deliver dispatch post",
    "delivery shipping postage shipment",
    "cost price charge fee rate surcharge",
    "collect pickup pick fetch",
    "store shop branch outlet",
    "keep hold store reserve retain",
    "pause hold suspend freeze",
    "cancel terminate quit end",
    "membership subscription plan",
    "guarantee warranty",
    "broken damaged defective faulty",
    "repair fix mend",
    "lost missing disappeared",
    "late delayed overdue",
    "discount reduction rebate",
    "voucher coupon code",
    "invoice bill receipt",
    "expire lapse stale invalid",
    "join register enrol",
    "change alter modify edit amend",
    "phone telephone call ring",
    "human person",
    "bot robot program assistant computer",
    "employee staff colleague",
    "wash clean launder",
    "dispose discard bin recycle rid",
    "rent borrow hire loan lend",
    "weigh weight heavy",
    "bitcoin crypto cryptocurrency ethereum",
    "plane airplane aircraft flight fly",
    "brother sister friend wife husband neighbour partner anyone somebody",
    "report tell notify",
    "Switzerland Swiss Zurich Geneva",
    "Germany German Munich Berlin Cologne Frankfurt",
    "France French Paris Lyon",
    "Britain British England London Manchester Scotland Wales UK",
    "Norway Norwegian Oslo Bergen",
    "USA America American States"};

using GroupsOfTerm = std::map<std::string, std::vector<size_t>, std::less<>>;

const GroupsOfTerm& Groups() {
  static const auto* const groups = [] {
    auto* of = new GroupsOfTerm;
    for (size_t i = 0; i < kGroups.size(); ++i)
      for (const text::Token& token : text::Analyse(kGroups[i], "en")) (*of)[token.term].push_back(i);
    return of;
  }();
  return *groups;
}

}  // namespace

bool MeanAlike(std::string_view term, std::string_view other) {
  const auto one = Groups().find(term);
  if (one == Groups().end()) return false;
  const auto two = Groups().find(other);
  if (two == Groups().end()) return false;
  return std::any_of(one->second.begin(), one->second.end(), [&](size_t group) {
    return std::find(two->second.begin(), two->second.end(), group) != two->second.end();
  });
}

}  // namespace frontdesk::dialog
