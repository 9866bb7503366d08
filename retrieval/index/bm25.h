// The arithmetic of fielded BM25: docs/bm25.md is its specification.
//
// Term counts are weighted by field and kept in quarters (a word in the body counts four); a
// passage's length is the weighted sum of its fields' lengths, coded in one byte. The score of a
// term is an integer, so a sum is the same in any order and on any machine; nothing here calls
// libm. Pure, thread-safe. Source: Robertson and Zaragoza, "The Probabilistic Relevance
// Framework: BM25 and Beyond" (2009), simple BM25F.
#pragma once

#include <cstdint>

namespace frontdesk::retrieval {

// Saturation of counts, and how much length matters: the values that won on four public sets.
inline constexpr double kK1 = 1.2;
inline constexpr double kB = 0.75;

// What one occurrence counts, in quarters, by the field it stands in.
inline constexpr uint32_t kTitleQuarters = 6;
inline constexpr uint32_t kHeadingQuarters = 4;
inline constexpr uint32_t kBodyQuarters = 4;
inline constexpr uint32_t kMaxQuarters = 1020;  // counts above 255 words add nothing

// Scores are multiples of 1 / kScoreScale.
inline constexpr double kScoreScale = 65536.0;

// One byte for a length in words: exact to 63, then 24 steps an octave, 16,127 at most.
uint8_t EncodeLength(uint32_t words);
uint32_t DecodeLength(uint8_t code);  // the least length with this code

// ln(1 + (n − df + ½) / (df + ½)), never negative. Precondition: df <= n.
double InverseDocumentFrequency(uint64_t passages, uint64_t df);

// Natural logarithm of x > 0 by additions, multiplications and divisions alone: the same bits on
// every IEEE machine. Error below 1e-14 of the result or 1e-15.
double ExactLog(double x);

// tf / (tf + k1 (1 − b + b length / average)): what a term earns before its weight, in [0, 1).
float TermUnit(uint32_t quarters, uint32_t length, double average_length);

}  // namespace frontdesk::retrieval
