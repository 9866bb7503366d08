#include "server/delivery/forms.h"

#include "absl/strings/match.h"
#include "dialog/flows/scope.h"

namespace frontdesk::server {
namespace {

constexpr size_t kMostChoices = 12;  // more than that nobody picks from; they are typed

v1::SlotKind KindOf(dialog::SlotType type) {
  using dialog::SlotType;
  switch (type) {
    case SlotType::kOrderNumber:
      return v1::SLOT_KIND_ORDER_NUMBER;
    case SlotType::kEmail:
      return v1::SLOT_KIND_EMAIL;
    case SlotType::kPhone:
      return v1::SLOT_KIND_PHONE;
    case SlotType::kDate:
      return v1::SLOT_KIND_DATE;
    case SlotType::kAmount:
      return v1::SLOT_KIND_AMOUNT;
    case SlotType::kProduct:
    case SlotType::kChoice:
      return v1::SLOT_KIND_CHOICE;
    case SlotType::kQuantity:
      return v1::SLOT_KIND_QUANTITY;
    case SlotType::kText:
      return v1::SLOT_KIND_TEXT;
    case SlotType::kName:
      return v1::SLOT_KIND_NAME;
    case SlotType::kPostcode:
      return v1::SLOT_KIND_POSTCODE;
    case SlotType::kBoolean:
      return v1::SLOT_KIND_BOOLEAN;
  }
  return v1::SLOT_KIND_UNSPECIFIED;
}

bool ListsChoices(const dialog::Flow& flow, const std::string& result) {
  for (const dialog::SlotSpec& slot : flow.slots) {
    if (absl::StartsWith(slot.choices_from, result + ".")) return true;
  }
  return false;
}

}  // namespace

const dialog::Flow* Forms::FlowOf(int64_t instance) {
  const auto it = open_.find(instance);
  if (it == open_.end() || !assistants_) return nullptr;
  if (assistant_ == nullptr) assistant_ = assistants_(version_);
  return assistant_ == nullptr ? nullptr : assistant_->bundle.FindFlow(it->second.flow);
}

void Forms::See(const dialog::Event& event) {
  if (const auto* started = std::get_if<dialog::ConversationStarted>(&event)) {
    version_ = started->bundle_version;
    language_ = started->language;
  } else if (const auto* heard = std::get_if<dialog::Understood>(&event)) {
    const std::string spoken = heard->understanding.value("language", "");
    if (!spoken.empty()) language_ = spoken;
  } else if (const auto* flow = std::get_if<dialog::FlowStarted>(&event)) {
    dialog::FlowInstance& instance = open_[flow->instance];
    instance.instance = flow->instance;
    instance.flow = flow->flow;
  } else if (const auto* ended = std::get_if<dialog::FlowEnded>(&event)) {
    open_.erase(ended->instance);
  } else if (const auto* tool = std::get_if<dialog::ToolReturned>(&event)) {
    const dialog::Flow* flow = tool->save.empty() ? nullptr : FlowOf(tool->instance);
    if (flow != nullptr && ListsChoices(*flow, tool->save)) {
      open_[tool->instance].results[tool->save].value = tool->value;
    }
  }
}

std::optional<v1::SlotAsked> Forms::Describe(const dialog::SlotAsked& asked) {
  v1::SlotAsked form;
  form.set_slot(asked.slot);
  form.set_attempt(asked.attempt);
  const dialog::Flow* flow = FlowOf(asked.instance);
  const dialog::SlotSpec* slot = flow == nullptr ? nullptr : flow->FindSlot(asked.slot);
  if (slot == nullptr) {
    if (asked.slot != dialog::kEmailSlot) return std::nullopt;
    form.set_kind(v1::SLOT_KIND_EMAIL);
    return form;
  }
  form.set_kind(KindOf(slot->type));
  form.set_pattern(slot->pattern);
  form.set_optional(slot->optional);
  if (slot->type == dialog::SlotType::kOrderNumber) {
    form.set_pattern(assistant_->bundle.assistant.order_pattern);
    form.set_example(assistant_->bundle.assistant.order_example);
  }
  if (form.kind() == v1::SLOT_KIND_CHOICE) {
    const auto choices = dialog::ChoicesOf(*slot, open_.at(asked.instance));
    if (choices.size() <= kMostChoices) {
      for (const dialog::SlotChoice& choice : choices) form.add_choices(choice.label.In(language_));
    }
  }
  return form;
}

}  // namespace frontdesk::server
