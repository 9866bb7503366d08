// The words around a place in the text, which tell a telephone number from an order
// number. Windows end at a line break on the right, and take one on the left (forms
// put the label above the value).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "tools/pii/view.h"

namespace frontdesk::tools {

using WordList = std::span<const std::string_view>;

// True when a word (or phrase) of the list stands in the `reach` bytes before `begin`.
// Words match whole, except that a word of the list ending in '*' matches a beginning.
bool WordBefore(const View& view, std::size_t begin, WordList words, std::size_t reach = 40);

// The same after `end`, within the line.
bool WordAfter(const View& view, std::size_t end, WordList words, std::size_t reach = 24);

// How far before `begin` the nearest word of the list ends, in bytes; npos when none.
std::size_t DistanceBefore(const View& view, std::size_t begin, WordList words,
                           std::size_t reach = 40);

}  // namespace frontdesk::tools
