// A recorded conversation cut into acts: what one call of the engine wrote.
//
// An act is an opening, a turn, an idle notice, a human action, or an event that the server
// wrote by itself (consent from a form, feedback, a review, a customer who closed the window). Pure.
#pragma once

#include <span>
#include <vector>

#include "dialog/events.h"

namespace frontdesk::dialog {

// Half-open range of the conversation's events.
struct ActSpan {
  size_t begin = 0, end = 0;
};

std::vector<ActSpan> SplitActs(std::span<const Event> events);

// Written by the server alone: applied to the state, never run.
bool IsServersAct(const Event& first);

// False for a turn that was cut short by a change of owner, and cut short again in replay.
bool IsCompleteAct(std::span<const Event> act);

}  // namespace frontdesk::dialog
