// A replay's result for people and for machines: terminal table, one HTML page, JUnit, JSON.
//
// Pure. Everything that comes from recordings is escaped: a page shows a customer's "<script>"
// as text and holds no script of its own.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "server/replay/rows.h"

namespace frontdesk::server {

// Words of the head: what was replayed against what, and when.
struct ReplayTitle {
  std::string record;     // "data"
  std::string candidate;  // "candidate-bundle"; empty in verify
  std::string when;       // "2026-11-20 10:00 UTC"
};

// Table of rows, sums, decoded share; ends with a newline. Unreadable conversations and, in
// verify, those that differ come first, whole.
std::string ToTerminal(const ReplayResult& result, const std::vector<DiffRow>& rows);
std::string ToHtml(const ReplayResult& result, const std::vector<DiffRow>& rows,
                   const ReplayTitle& title);
std::string ToJUnit(const ReplayResult& result);
nlohmann::json ToJson(const ReplayResult& result, const std::vector<DiffRow>& rows);

}  // namespace frontdesk::server
