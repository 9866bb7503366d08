// How documents are cut into passages, and what is refused. Words are those of text::Words.
#pragma once

#include <cstddef>
#include <cstdint>

namespace frontdesk::retrieval {

struct PassageOptions {
  int target_words = 120;  // a passage is closed at the next block after this many
  int max_words = 180;     // longer paragraphs are cut at a sentence
  int overlap_words = 30;  // at most this much of the passage before is repeated, whole sentences
  size_t max_document_bytes = 32u << 20;
  uint32_t max_depth = 512;        // of nested HTML or Markdown
  uint32_t max_passages = 50'000;  // of one document
  uint32_t max_pdf_pages = 2'000;
  uint64_t max_pdf_unpacked_bytes = 256u << 20;  // of all compressed streams together
  double max_pdf_seconds = 30;                   // of processor time, looked at after each page

  friend bool operator==(const PassageOptions&, const PassageOptions&) = default;
};

}  // namespace frontdesk::retrieval
