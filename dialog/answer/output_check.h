// What the model may not say even if a passage seems to support it.
//
// Classes: medical, legal and financial advice, promises beyond the documents, other
// shops as the bundle names them, claims about a product that its source does not
// carry, and being a person. Words that stand in the source itself are the business's own
// and pass. Pure; thread-safe.
//
//   CheckOutput("We guarantee it arrives tomorrow.", "Parcels take 1 to 2 days.", {});  // "promise"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace frontdesk::dialog {

// The class that forbids the sentence, empty when none does: "medical", "legal",
// "financial", "promise", "competitor", "product_claim", "person".
// source: the passage it is shown with. competitors: names, any case.
std::string CheckOutput(std::string_view sentence, std::string_view source,
                        const std::vector<std::string>& competitors);

}  // namespace frontdesk::dialog
