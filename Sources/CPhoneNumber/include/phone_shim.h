#ifndef CRMVAULT_PHONE_SHIM_H
#define CRMVAULT_PHONE_SHIM_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* libphonenumber behind a C interface. The library is loaded when it is first needed: linking it costs every
   start of the program 6 ms (docs/decisions/0004-phone-numbers.md). */

enum {
  CRMVAULT_PHONE_OK = 0,          /* out holds the number in E.164 */
  CRMVAULT_PHONE_INVALID = 1,     /* not a possible phone number */
  CRMVAULT_PHONE_UNAVAILABLE = 2, /* libphonenumber 8 is not installed */
};

/* The longest E.164 text: a plus sign, a country code and a national number, with room to spare. */
enum { CRMVAULT_PHONE_CAPACITY = 32 };

/* Writes the E.164 form of text[0..<count] into out, without a terminating zero, and its length into
   out_count. A number without a country code is read as dialled in region, two upper-case letters. */
int crmvault_phone_e164(const char *text, size_t count, const char *region,
                        char out[CRMVAULT_PHONE_CAPACITY], size_t *out_count);

#ifdef __cplusplus
}
#endif

#endif
