// The two archives behind dialog/events.h: one writes an event's fields into JSON,
// one reads them back. Private to events.cc and commands.cc.
//
// An event struct hands its members to an archive by Describe; which types may be
// members is decided here and nowhere else: bool, int64, string, JSON without
// fractions, vectors, string maps, and structs with a Describe of their own. A member
// given by Optional is left out when empty, so that older records stay as they are.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace frontdesk::dialog {

// True when no number below `json` is a fraction.
bool HoldsNoFraction(const nlohmann::json& json);

class FieldWriter {
 public:
  template <class T>
  static nlohmann::json Write(const T& value) {
    if constexpr (requires(T & t, FieldWriter & w) { t.Describe(w); }) {
      FieldWriter writer;
      const_cast<T&>(value).Describe(
          writer);  // Describe serves both directions; writing only reads
      return std::move(writer.object_);
    } else if constexpr (requires { typename T::mapped_type; } &&
                         !std::is_same_v<T, nlohmann::json>) {
      nlohmann::json object = nlohmann::json::object();
      for (const auto& [key, member] : value) object[key] = Write(member);
      return object;
    } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, nlohmann::json> ||
                         std::is_integral_v<T>) {
      return value;
    } else {
      nlohmann::json list = nlohmann::json::array();
      for (const auto& element : value) list.push_back(Write(element));
      return list;
    }
  }

  template <class T>
  void operator()(const char* name, T& member) {
    object_[name] = Write(member);
  }
  // A member that came later than its kind: written only when it holds something.
  template <class T>
  void Optional(const char* name, T& member) {
    if (!IsEmpty(member)) object_[name] = Write(member);
  }
  template <class T>
  static bool IsEmpty(const T& member) {
    if constexpr (std::is_integral_v<T>) {
      return member == 0;
    } else {
      return member.empty();
    }
  }

 private:
  nlohmann::json object_ = nlohmann::json::object();
};

// Reads members; the first misfit is kept in error() as "member: what is wrong".
class FieldReader {
 public:
  explicit FieldReader(const nlohmann::json& object) : object_(object) {
    if (!object.is_object()) error_ = "is not an object";
  }

  template <class T>
  void operator()(const char* name, T& member) {
    if (!error_.empty()) return;
    auto found = object_.find(name);
    if (found == object_.end()) {
      error_ = std::string("member \"") + name + "\" is missing";
      return;
    }
    ++read_;
    std::string wrong = Read(*found, member);
    if (!wrong.empty()) error_ = std::string("member \"") + name + "\" " + wrong;
  }

  // There with something in it, or not there.
  template <class T>
  void Optional(const char* name, T& member) {
    if (!error_.empty() || !object_.contains(name)) return;
    (*this)(name, member);
    if (error_.empty() && FieldWriter::IsEmpty(member)) {
      error_ = std::string("member \"") + name + "\" is empty and should not be there";
    }
  }

  // Empty when every member was there, of its type, and nothing else was.
  std::string Finish() const {
    if (!error_.empty()) return error_;
    if (object_.size() != read_) return "has a member that this kind does not know";
    return "";
  }

 private:
  template <class T>
  static std::string Read(const nlohmann::json& json, T& member) {
    if constexpr (std::is_same_v<T, bool>) {
      if (!json.is_boolean()) return "is not true or false";
      member = json.get<bool>();
    } else if constexpr (std::is_same_v<T, int64_t>) {
      if (!json.is_number_integer()) return "is not an integer";
      member = json.get<int64_t>();
    } else if constexpr (std::is_same_v<T, std::string>) {
      if (!json.is_string()) return "is not a text";
      member = json.get<std::string>();
    } else if constexpr (std::is_same_v<T, nlohmann::json>) {
      if (!HoldsNoFraction(json)) return "holds a fraction";
      member = json;
    } else if constexpr (requires(T & t, FieldReader & r) { t.Describe(r); }) {
      FieldReader reader(json);
      if (reader.error_.empty()) member.Describe(reader);
      return reader.Finish();
    } else if constexpr (requires { typename T::mapped_type; }) {
      if (!json.is_object()) return "is not an object";
      for (const auto& [key, value] : json.items()) {
        std::string wrong = Read(value, member[key]);
        if (!wrong.empty()) return wrong;
      }
    } else {
      if (!json.is_array()) return "is not a list";
      for (const nlohmann::json& element : json) {
        std::string wrong = Read(element, member.emplace_back());
        if (!wrong.empty()) return wrong;
      }
    }
    return "";
  }

  const nlohmann::json& object_;
  std::string error_;
  size_t read_ = 0;
};

}  // namespace frontdesk::dialog
