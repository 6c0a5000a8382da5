/* Lua's patterns (§6.4.1 of the manual), compiled once per call and matched by backtracking that counts its steps. */
#ifndef NIGHTJAR_MATCHER_H
#define NIGHTJAR_MATCHER_H

#include "bridge.h"

enum { nj_max_captures = 32 };

typedef enum nj_item_kind {
  NJ_CHARACTER, NJ_ANY, NJ_CLASS, NJ_SET, /* one character each, and may be repeated */
  NJ_OPEN, NJ_OPEN_POSITION, NJ_CLOSE, NJ_CAPTURED, NJ_BALANCED, NJ_FRONTIER, NJ_AT_END, NJ_MATCHED
} nj_item_kind;

typedef struct nj_item {
  nj_item_kind kind;
  unsigned char first, second;     /* a character, a class's letter, the brackets of %b, the number of a capture */
  char repeat;                     /* '*', '+', '-', '?', or 0 for once */
  const char *set, *set_end;       /* the text between the brackets of a set */
} nj_item;

typedef struct nj_matcher {
  lua_State *L;
  nj_host *host;
  const nj_item *items;
  const char *start, *end;         /* the subject */
  int depth;                       /* remaining levels of recursion */
  int captures;
  struct {
    const char *start;
    ptrdiff_t length;              /* or one of the constants below */
  } capture[nj_max_captures];
} nj_matcher;

enum { NJ_CAPTURE_OPEN = -1, NJ_CAPTURE_POSITION = -2 };

/* Pushes a userdata with the compiled pattern of `length` bytes, and returns its items; raises for a malformed pattern.
   The pattern's text must outlive it. */
const nj_item *nj_compile(lua_State *L, const char *pattern, size_t length);

/* The end of the match that begins at `at`, or NULL. */
const char *nj_match(nj_matcher *matcher, const char *at);

/* Pushes capture `index` from 0; the whole match, from `start` to `end`, where the pattern has no captures. */
void nj_push_capture(nj_matcher *matcher, int index, const char *start, const char *end);

#endif
