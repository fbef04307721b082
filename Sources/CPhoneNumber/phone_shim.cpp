#include "phone_shim.h"

#include <dlfcn.h>
#include <string.h>

#include <mutex>
#include <new>
#include <string>

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

// The entry points that are needed, by the names that the C++ ABI gives them. The types come from the
// library's headers and the soname names the ABI, so that the two belong together.
struct Library {
  using Construct = void (*)(PhoneNumber *, google::protobuf::Arena *, bool);
  using Destroy = void (*)(PhoneNumber *);
  using Instance = PhoneNumberUtil *(*)();
  using Parse = PhoneNumberUtil::ErrorType (*)(const PhoneNumberUtil *, const std::string &,
                                               const std::string &, PhoneNumber *);
  using IsPossible = bool (*)(const PhoneNumberUtil *, const PhoneNumber &);
  using Format = void (*)(const PhoneNumberUtil *, const PhoneNumber &, PhoneNumberUtil::PhoneNumberFormat,
                          std::string *);

  Construct construct = nullptr;
  Destroy destroy = nullptr;
  Parse parse = nullptr;
  IsPossible isPossible = nullptr;
  Format format = nullptr;
  PhoneNumberUtil *numbers = nullptr;

  Library() {
    void *handle = dlopen("libphonenumber.so.8", RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return;
    Instance instance = nullptr;
    find(handle, construct, "_ZN4i18n12phonenumbers11PhoneNumberC1EPN6google8protobuf5ArenaEb");
    find(handle, destroy, "_ZN4i18n12phonenumbers11PhoneNumberD1Ev");
    find(handle, instance, "_ZN4i18n12phonenumbers15PhoneNumberUtil11GetInstanceEv");
    find(handle, parse,
         "_ZNK4i18n12phonenumbers15PhoneNumberUtil5ParseERKNSt7__cxx1112basic_stringIcSt11char_traitsIcE"
         "SaIcEEES9_PNS0_11PhoneNumberE");
    find(handle, isPossible, "_ZNK4i18n12phonenumbers15PhoneNumberUtil16IsPossibleNumberERKNS0_11PhoneNumberE");
    find(handle, format,
         "_ZNK4i18n12phonenumbers15PhoneNumberUtil6FormatERKNS0_11PhoneNumberENS1_17PhoneNumberFormatEPNSt7__"
         "cxx1112basic_stringIcSt11char_traitsIcESaIcEEE");
    if (construct && destroy && parse && isPossible && format && instance) numbers = instance();
  }

  template <typename Function>
  static void find(void *handle, Function &function, const char *name) {
    function = reinterpret_cast<Function>(dlsym(handle, name));
  }
};

const Library &library() {
  static const Library loaded;
  return loaded;
}

void wipe(std::string &text) {
  if (!text.empty()) explicit_bzero(&text[0], text.size());
}

// A PhoneNumber made and destroyed by the library, wiped after that.
class Number {
 public:
  explicit Number(const Library &library) : library_(library) { library.construct(get(), nullptr, false); }
  ~Number() {
    library_.destroy(get());
    explicit_bzero(storage_, sizeof storage_);
  }
  Number(const Number &) = delete;
  Number &operator=(const Number &) = delete;
  PhoneNumber *get() { return reinterpret_cast<PhoneNumber *>(storage_); }

 private:
  const Library &library_;
  alignas(PhoneNumber) unsigned char storage_[sizeof(PhoneNumber)];
};

}  // namespace

extern "C" int crmvault_phone_e164(const char *text, size_t count, const char *region,
                                   char out[CRMVAULT_PHONE_CAPACITY], size_t *out_count) {
  *out_count = 0;
  // No exception may cross into Swift.
  try {
    const Library &phone = library();
    if (phone.numbers == nullptr) return CRMVAULT_PHONE_UNAVAILABLE;
    std::string input(text, count);
    std::string output;
    int result = CRMVAULT_PHONE_INVALID;
    {
      Number number(phone);
      if (phone.parse(phone.numbers, input, region, number.get()) == PhoneNumberUtil::NO_PARSING_ERROR &&
          phone.isPossible(phone.numbers, *number.get())) {
        phone.format(phone.numbers, *number.get(), PhoneNumberUtil::E164, &output);
        if (!output.empty() && output.size() <= CRMVAULT_PHONE_CAPACITY) {
          memcpy(out, output.data(), output.size());
          *out_count = output.size();
          result = CRMVAULT_PHONE_OK;
        }
      }
    }
    wipe(input);
    wipe(output);
    return result;
  } catch (...) {
    return CRMVAULT_PHONE_INVALID;
  }
}
