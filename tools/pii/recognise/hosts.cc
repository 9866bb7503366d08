#include "tools/pii/recognise/hosts.h"

#include "absl/container/flat_hash_set.h"

namespace frontdesk::tools {
namespace {

using Names = absl::flat_hash_set<std::string_view>;

const Names& Countries() {
  static const Names* const names = new Names{
      "ac", "ad", "ae", "af", "ag", "ai", "al", "am", "ao", "aq", "ar", "as", "at", "au", "aw",
      "ax", "az", "ba", "bb", "bd", "be", "bf", "bg", "bh", "bi", "bj", "bm", "bn", "bo", "br",
      "bs", "bt", "bw", "by", "bz", "ca", "cc", "cd", "cf", "cg", "ch", "ci", "ck", "cl", "cm",
      "cn", "co", "cr", "cu", "cv", "cw", "cx", "cy", "cz", "de", "dj", "dk", "dm", "do", "dz",
      "ec", "ee", "eg", "er", "es", "et", "eu", "fi", "fj", "fk", "fm", "fo", "fr", "ga", "gb",
      "gd", "ge", "gf", "gg", "gh", "gi", "gl", "gm", "gn", "gp", "gq", "gr", "gs", "gt", "gu",
      "gw", "gy", "hk", "hm", "hn", "hr", "ht", "hu", "id", "ie", "il", "im", "in", "io", "iq",
      "ir", "is", "it", "je", "jm", "jo", "jp", "ke", "kg", "kh", "ki", "km", "kn", "kp", "kr",
      "kw", "ky", "kz", "la", "lb", "lc", "li", "lk", "lr", "ls", "lt", "lu", "lv", "ly", "ma",
      "mc", "md", "me", "mg", "mh", "mk", "ml", "mm", "mn", "mo", "mp", "mq", "mr", "ms", "mt",
      "mu", "mv", "mw", "mx", "my", "mz", "na", "nc", "ne", "nf", "ng", "ni", "nl", "no", "np",
      "nr", "nu", "nz", "om", "pa", "pe", "pf", "pg", "ph", "pk", "pl", "pm", "pn", "pr", "ps",
      "pt", "pw", "py", "qa", "re", "ro", "rs", "ru", "rw", "sa", "sb", "sc", "sd", "se", "sg",
      "sh", "si", "sk", "sl", "sm", "sn", "so", "sr", "ss", "st", "su", "sv", "sx", "sy", "sz",
      "tc", "td", "tf", "tg", "th", "tj", "tk", "tl", "tm", "tn", "to", "tr", "tt", "tv", "tw",
      "tz", "ua", "ug", "uk", "us", "uy", "uz", "va", "vc", "ve", "vg", "vi", "vn", "vu", "wf",
      "ws", "ye", "yt", "za", "zm", "zw"};
  return *names;
}

const Names& Generic() {
  static const Names* const names = new Names{
      "com",    "net",     "org",     "edu",     "gov",         "mil",       "int",     "info",
      "biz",    "name",    "pro",     "aero",    "coop",        "museum",    "travel",  "jobs",
      "mobi",   "cat",     "tel",     "asia",    "xxx",         "app",       "dev",     "shop",
      "store",  "online",  "site",    "website", "tech",        "cloud",     "blog",    "xyz",
      "club",   "agency",  "email",   "world",   "life",        "live",      "news",    "media",
      "studio", "design",  "digital", "company", "solutions",   "services",  "support", "group",
      "global", "network", "systems", "space",   "photography", "academy",   "center",  "today",
      "guru",   "london",  "berlin",  "paris",   "nyc",         "amsterdam", "wien",    "swiss",
      "irish",  "scot",    "wales",   "bank",    "finance",     "health",    "example", "test",
      "invalid"};
  return *names;
}

}  // namespace

bool IsKnownTopLevel(std::string_view ending) {
  return Generic().contains(ending) || Countries().contains(ending);
}

bool IsBareUrlTopLevel(std::string_view ending) {
  static const Names* const names = new Names{
      "com", "net", "org", "edu",  "gov",   "info",   "biz",  "io",      "dev", "app", "eu", "co",
      "uk",  "de",  "fr",  "nl",   "es",    "ie",     "pt",   "pl",      "cz",  "se",  "dk", "fi",
      "ch",  "br",  "ru",  "jp",   "cn",    "au",     "nz",   "za",      "ca",  "mx",  "ar", "cl",
      "hu",  "ro",  "gr",  "shop", "store", "online", "site", "website", "xyz"};
  return names->contains(ending);
}

bool IsMailProvider(std::string_view host) {
  static const Names* const names =
      new Names{"gmail",      "googlemail",  "yahoo",    "ymail",   "hotmail", "outlook", "live",
                "msn",        "icloud",      "me",       "mac",     "aol",     "gmx",     "web",
                "posteo",     "t-online",    "orange",   "laposte", "free",    "wanadoo", "libero",
                "proton",     "protonmail",  "fastmail", "zoho",    "yandex",  "mail",    "eircom",
                "btinternet", "virginmedia", "sky",      "comcast", "verizon", "att"};
  return names->contains(host.substr(0, host.find('.')));
}

}  // namespace frontdesk::tools
