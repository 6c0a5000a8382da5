/* How much of the C stack is left. Frames of Swift are several times as large without whole-module optimisation or with a
   sanitizer, so that a depth alone does not say whether the next call still fits. */
#include "bridge.h"
#include <pthread.h>

/* The lowest address of the running thread's stack; NULL until it is asked for. */
static _Thread_local char *lowest;

/* NULL where the system does not tell. */
static char *find_lowest(void) {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return NULL;
  void *address = NULL;
  size_t size = 0;
  int status = pthread_attr_getstack(&attributes, &address, &size);
  pthread_attr_destroy(&attributes);
  return status == 0 ? address : NULL;
}

size_t nj_stack_left(void) {
  if (!lowest) lowest = find_lowest();
  char *here = __builtin_frame_address(0);
  if (!lowest) return SIZE_MAX;
  return here > lowest ? (size_t)(here - lowest) : 0;
}
