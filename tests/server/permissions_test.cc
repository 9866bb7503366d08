// The permission table, cell by cell, against docs/permissions.md and the protos.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/auth/permissions.h"
#include "server/auth/user_token.h"
#include "tests/server/rpc_list.h"

namespace frontdesk::server {
namespace {

constexpr CallerRole kRoles[] = {CallerRole::kNobody,     CallerRole::kCustomer,
                                 CallerRole::kAgent,      CallerRole::kSupervisor,
                                 CallerRole::kAdmin,      CallerRole::kAuditor,
                                 CallerRole::kService};

// "ChatService/SendMessage" → the roles with an x in the page's table.
std::map<std::string, std::set<CallerRole>> DocumentedTable() {
  std::map<std::string, std::set<CallerRole>> table;
  std::ifstream page(FRONTDESK_SOURCE_DIR "/docs/permissions.md");
  std::string line;
  while (std::getline(page, line)) {
    std::vector<std::string> cells = absl::StrSplit(line, '|');
    if (cells.size() != 10) continue;
    for (std::string& cell : cells) cell = std::string(absl::StripAsciiWhitespace(cell));
    if (cells[1].size() < 3 || cells[1].front() != '`') continue;
    std::set<CallerRole>& roles =
        table[absl::StrReplaceAll(cells[1].substr(1, cells[1].size() - 2), {{".", "/"}})];
    for (size_t i = 0; i < std::size(kRoles); ++i) {
      EXPECT_TRUE(cells[i + 2].empty() || cells[i + 2] == "x") << line;
      if (cells[i + 2] == "x") roles.insert(kRoles[i]);
    }
  }
  return table;
}

TEST(Permissions, EveryCellOfEveryRpcIsAsDocumented) {
  const auto documented = DocumentedTable();
  int cells = 0;
  for (const RpcName& rpc : EveryRpc()) {
    const auto row = documented.find(rpc.row);
    ASSERT_NE(row, documented.end()) << rpc.row << " has no row in docs/permissions.md";
    for (const CallerRole role : kRoles) {
      const absl::Status may = MayCall({.role = role}, rpc.row);
      EXPECT_EQ(may.ok(), row->second.contains(role)) << rpc.row << " by " << Name(role);
      const auto refusal = role == CallerRole::kNobody ? absl::StatusCode::kUnauthenticated
                                                       : absl::StatusCode::kPermissionDenied;
      if (!may.ok()) {
        EXPECT_EQ(may.code(), refusal) << rpc.row << " by " << Name(role);
      }
      ++cells;
    }
  }
  std::printf("%d cells of %zu methods checked\n", cells, documented.size());
  EXPECT_EQ(documented.size(), EveryRpc().size()) << "the page lists a method that is gone";
}

TEST(Permissions, TheTableHoldsTheServicesMethodsAndNothingElse) {
  std::set<std::string> methods, table;
  for (const RpcName& rpc : EveryRpc()) methods.insert(rpc.row);
  for (const Permission& row : Permissions()) table.emplace(row.method);
  EXPECT_EQ(methods, table);
  EXPECT_EQ(table.size(), Permissions().size()) << "a method stands twice";
  EXPECT_FALSE(MayCall({.role = CallerRole::kAdmin}, "NoService/NoMethod").ok());
}

// Rules that hold whatever the table says, so that a wrong row is not merely agreed upon.
TEST(Permissions, WhatNoTableMayAllow) {
  for (const Permission& row : Permissions()) {
    const std::string_view service = row.method.substr(0, row.method.find('/'));
    const auto may = [&row](CallerRole role) { return MayCall({.role = role}, row.method).ok(); };
    // What a page shows before anybody writes, and the first step of writing.
    const bool open = row.method == "ChatService/CreateConversation" ||
                      row.method == "ChatService/GetAssistant";
    EXPECT_EQ(may(CallerRole::kNobody), open) << row.method;
    EXPECT_EQ(may(CallerRole::kCustomer), service == "ChatService") << row.method;
    if (service == "ChatService" && !open) {
      EXPECT_FALSE(may(CallerRole::kAgent) || may(CallerRole::kAdmin)) << row.method;
    }
    if (service == "PrivacyService" || service == "AuditService") {
      EXPECT_FALSE(may(CallerRole::kAgent) || may(CallerRole::kService)) << row.method;
    }
    // Who administers does not read conversations; who reads them for audit changes nothing.
    if (row.method == "AuditService/ListEvents" || row.method == "AgentConsoleService/RevealValue") {
      EXPECT_FALSE(may(CallerRole::kAdmin)) << row.method;
    }
    if (row.method == "PrivacyService/EraseCustomer" || service == "ReplayService") {
      EXPECT_FALSE(may(CallerRole::kAuditor)) << row.method;
    }
  }
}

}  // namespace
}  // namespace frontdesk::server
