#include "QuietMPEG.h"
#include <dlfcn.h>
#include <stddef.h>

/* Values of mpg123.h, which are part of the library's stable interface. */
enum { add_flags = 2, quiet = 0x20, bad_handle = 10 };

typedef mpg123_handle *new_function(const char *, int *);
typedef int param_function(mpg123_handle *, int, long, double);

mpg123_handle *mpg123_new(const char *decoder, int *error) {
  new_function *make = (new_function *)dlsym(RTLD_NEXT, "mpg123_new");
  param_function *set = (param_function *)dlsym(RTLD_NEXT, "mpg123_param");
  if (make == NULL || set == NULL) { /* never where libsndfile was built with the decoder */
    if (error != NULL) *error = bad_handle;
    return NULL;
  }
  mpg123_handle *handle = make(decoder, error);
  if (handle != NULL) set(handle, add_flags, quiet, 0);
  return handle;
}
