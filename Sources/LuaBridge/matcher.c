#include "matcher.h"
#include <ctype.h>
#include <string.h>

/* The maximum recursion, which the C stack of a small thread allows; Lua's own limit. */
enum { max_depth = 200 };

/* ---- Compiling ---- */

typedef struct compiler {
  lua_State *L;
  const char *at, *end;
  nj_item *items;
  int count;
  int captures;
  int open[nj_max_captures], opened; /* captures that are not closed yet */
} compiler;

static int malformed(compiler *c, const char *why) {
  return luaL_error(c->L, "malformed pattern (%s)", why);
}

/* The set whose opening bracket has just been read. A bracket that comes first stands for itself. */
static void compile_set(compiler *c, nj_item *item) {
  item->set = c->at;
  const char *at = c->at;
  if (at < c->end && *at == '^') at++;
  do {
    if (at >= c->end) malformed(c, "missing ']'");
    if (*at++ == '%') {
      if (at >= c->end) malformed(c, "missing ']'");
      at++;
    }
  } while (at >= c->end || *at != ']');
  item->set_end = at;
  c->at = at + 1;
}

static void open_capture(compiler *c, nj_item *item) {
  if (c->captures >= nj_max_captures) luaL_error(c->L, "too many captures");
  item->first = (unsigned char)c->captures;
  if (c->at < c->end && *c->at == ')') {
    c->at++;
    item->kind = NJ_OPEN_POSITION;
  } else {
    item->kind = NJ_OPEN;
    c->open[c->opened++] = c->captures;
  }
  c->captures++;
}

static void close_capture(compiler *c, nj_item *item) {
  if (c->opened == 0) luaL_error(c->L, "invalid pattern capture");
  item->kind = NJ_CLOSE;
  item->first = (unsigned char)c->open[--c->opened];
}

/* %1…%9: the text of a capture that is closed already. */
static void compile_reference(compiler *c, nj_item *item, int digit) {
  int index = digit - '1', is_open = 0;
  for (int i = 0; i < c->opened; i++) is_open |= c->open[i] == index;
  if (index < 0 || index >= c->captures || is_open)
    luaL_error(c->L, "invalid capture index %%%d in pattern", index + 1);
  item->kind = NJ_CAPTURED;
  item->first = (unsigned char)index;
}

/* Compiles what follows a %; returns whether it may be repeated. */
static int compile_escape(compiler *c, nj_item *item) {
  if (c->at >= c->end) malformed(c, "ends with '%'");
  unsigned char letter = (unsigned char)*c->at++;
  switch (letter) {
    case 'b':
      if (c->end - c->at < 2) malformed(c, "missing arguments to '%b'");
      item->kind = NJ_BALANCED;
      item->first = (unsigned char)c->at[0];
      item->second = (unsigned char)c->at[1];
      c->at += 2;
      return 0;
    case 'f':
      if (c->at >= c->end || *c->at != '[') luaL_error(c->L, "missing '[' after '%%f' in pattern");
      c->at++;
      compile_set(c, item);
      item->kind = NJ_FRONTIER;
      return 0;
    case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
      compile_reference(c, item, letter);
      return 0;
    default:
      item->kind = isalpha(letter) && strchr("acdglpsuwxz", tolower(letter)) ? NJ_CLASS : NJ_CHARACTER;
      item->first = letter;
      return 1;
  }
}

/* Compiles one item; returns whether it may be repeated. */
static int compile_item(compiler *c, nj_item *item) {
  char character = *c->at++;
  switch (character) {
    case '(': open_capture(c, item); return 0;
    case ')': close_capture(c, item); return 0;
    case '$':
      if (c->at == c->end) {
        item->kind = NJ_AT_END;
        return 0;
      }
      break;
    case '.': item->kind = NJ_ANY; return 1;
    case '[':
      item->kind = NJ_SET;
      compile_set(c, item);
      return 1;
    case '%': return compile_escape(c, item);
    default: break;
  }
  item->kind = NJ_CHARACTER;
  item->first = (unsigned char)character;
  return 1;
}

const nj_item *nj_compile(lua_State *L, const char *pattern, size_t length) {
  compiler c = {.L = L, .at = pattern, .end = pattern + length};
  c.items = lua_newuserdatauv(L, (length + 1) * sizeof *c.items, 0);
  while (c.at < c.end) {
    nj_charge(L, nj_host_of(L), 1);
    nj_item *item = &c.items[c.count++];
    memset(item, 0, sizeof *item);
    if (compile_item(&c, item) && c.at < c.end && strchr("*+-?", *c.at) != NULL && *c.at != '\0')
      item->repeat = *c.at++;
  }
  if (c.opened > 0) luaL_error(L, "unfinished capture");
  memset(&c.items[c.count], 0, sizeof *c.items);
  c.items[c.count].kind = NJ_MATCHED;
  return c.items;
}

/* ---- Matching ---- */

static int is_in_class(int c, int letter) {
  int result;
  switch (tolower(letter)) {
    case 'a': result = isalpha(c); break;
    case 'c': result = iscntrl(c); break;
    case 'd': result = isdigit(c); break;
    case 'g': result = isgraph(c); break;
    case 'l': result = islower(c); break;
    case 'p': result = ispunct(c); break;
    case 's': result = isspace(c); break;
    case 'u': result = isupper(c); break;
    case 'w': result = isalnum(c); break;
    case 'x': result = isxdigit(c); break;
    case 'z': result = c == 0; break; /* not documented any more, but part of Lua 5.4 */
    default: return letter == c;
  }
  return isupper(letter) ? !result : result != 0;
}

static int is_in_set(int c, const char *at, const char *end) {
  int found = 1;
  if (at < end && *at == '^') {
    found = 0;
    at++;
  }
  while (at < end) {
    if (*at == '%' && at + 1 < end) {
      if (is_in_class(c, (unsigned char)at[1])) return found;
      at += 2;
    } else if (end - at > 2 && at[1] == '-') {
      if ((unsigned char)at[0] <= c && c <= (unsigned char)at[2]) return found;
      at += 3;
    } else if ((unsigned char)*at++ == c) {
      return found;
    }
  }
  return !found;
}

static int fits(const nj_matcher *m, const nj_item *item, const char *at) {
  if (at >= m->end) return 0;
  int c = (unsigned char)*at;
  switch (item->kind) {
    case NJ_CHARACTER: return item->first == c;
    case NJ_ANY: return 1;
    case NJ_CLASS: return is_in_class(c, item->first);
    default: return is_in_set(c, item->set, item->set_end);
  }
}

static const char *match(nj_matcher *m, const char *at, const nj_item *item);

/* As many repetitions as possible, then fewer, down to `fewest`. */
static const char *match_greedily(nj_matcher *m, const char *at, const nj_item *item, ptrdiff_t fewest) {
  ptrdiff_t count = 0;
  while (fits(m, item, at + count)) count++;
  nj_charge(m->L, m->host, (size_t)count);
  for (; count >= fewest; count--) {
    nj_charge(m->L, m->host, 1);
    const char *end = match(m, at + count, item + 1);
    if (end != NULL) return end;
  }
  return NULL;
}

static const char *match_lazily(nj_matcher *m, const char *at, const nj_item *item) {
  for (;; at++) {
    nj_charge(m->L, m->host, 1);
    const char *end = match(m, at, item + 1);
    if (end != NULL || !fits(m, item, at)) return end;
  }
}

static const char *match_balanced(nj_matcher *m, const char *at, const nj_item *item) {
  if (at >= m->end || (unsigned char)*at != item->first) return NULL;
  const char *start = at;
  for (size_t open = 1; ++at < m->end;) {
    if ((unsigned char)*at == item->second) {
      if (--open == 0) {
        nj_charge(m->L, m->host, (size_t)(at - start));
        return at + 1;
      }
    } else if ((unsigned char)*at == item->first) {
      open++;
    }
  }
  nj_charge(m->L, m->host, (size_t)(at - start));
  return NULL;
}

/* The end of a repetition of a capture's text, or NULL. */
static const char *match_captured(nj_matcher *m, const char *at, int index) {
  ptrdiff_t length = m->capture[index].length;
  if (length == NJ_CAPTURE_POSITION) luaL_error(m->L, "invalid capture index %%%d in pattern", index + 1);
  nj_charge(m->L, m->host, (size_t)length);
  if (m->end - at < length || memcmp(m->capture[index].start, at, (size_t)length) != 0) return NULL;
  return at + length;
}

/* Whether the character before `at` is not in the set and the one at it is; the subject is taken as enclosed in '\0'. */
static int is_frontier(const nj_matcher *m, const char *at, const nj_item *item) {
  int before = at == m->start ? 0 : (unsigned char)at[-1], here = at == m->end ? 0 : (unsigned char)*at;
  return !is_in_set(before, item->set, item->set_end) && is_in_set(here, item->set, item->set_end);
}

static const char *match_opened(nj_matcher *m, const char *at, const nj_item *item) {
  int outer = m->captures;
  m->capture[item->first].start = at;
  m->capture[item->first].length = item->kind == NJ_OPEN ? NJ_CAPTURE_OPEN : NJ_CAPTURE_POSITION;
  m->captures = item->first + 1;
  const char *end = match(m, at, item + 1);
  if (end == NULL) m->captures = outer;
  return end;
}

static const char *match_closed(nj_matcher *m, const char *at, const nj_item *item) {
  m->capture[item->first].length = at - m->capture[item->first].start;
  const char *end = match(m, at, item + 1);
  if (end == NULL) m->capture[item->first].length = NJ_CAPTURE_OPEN;
  return end;
}

/* The end of the match of `item` and those after it, starting at `at`. Items without alternatives need no recursion. */
static const char *match(nj_matcher *m, const char *at, const nj_item *item) {
  if (m->depth-- == 0) luaL_error(m->L, "pattern too complex");
  const char *end = NULL;
  for (;; item++) {
    nj_charge(m->L, m->host, 1);
    switch (item->kind) {
      case NJ_MATCHED: end = at; goto done;
      case NJ_AT_END:
        if (at == m->end) continue;
        goto done;
      case NJ_OPEN: case NJ_OPEN_POSITION: end = match_opened(m, at, item); goto done;
      case NJ_CLOSE: end = match_closed(m, at, item); goto done;
      case NJ_FRONTIER:
        if (is_frontier(m, at, item)) continue;
        goto done;
      case NJ_BALANCED:
        at = match_balanced(m, at, item);
        if (at != NULL) continue;
        goto done;
      case NJ_CAPTURED:
        at = match_captured(m, at, item->first);
        if (at != NULL) continue;
        goto done;
      default: break;
    }
    switch (item->repeat) {
      case '*': end = match_greedily(m, at, item, 0); goto done;
      case '+': end = match_greedily(m, at, item, 1); goto done;
      case '-': end = match_lazily(m, at, item); goto done;
      case '?':
        if (fits(m, item, at) && (end = match(m, at + 1, item + 1)) != NULL) goto done;
        continue;
      default:
        if (!fits(m, item, at++)) goto done;
    }
  }
done:
  m->depth++;
  return end;
}

const char *nj_match(nj_matcher *m, const char *at) {
  m->depth = max_depth;
  m->captures = 0;
  return match(m, at, m->items);
}

void nj_push_capture(nj_matcher *m, int index, const char *start, const char *end) {
  if (index >= m->captures) {
    if (index != 0) luaL_error(m->L, "invalid capture index %%%d", index + 1);
    lua_pushlstring(m->L, start, (size_t)(end - start));
  } else if (m->capture[index].length == NJ_CAPTURE_POSITION) {
    lua_pushinteger(m->L, m->capture[index].start - m->start + 1);
  } else {
    lua_pushlstring(m->L, m->capture[index].start, (size_t)m->capture[index].length);
  }
}
