/* string.find, match, gmatch and gsub, with a matcher that can be stopped. */
#include "matcher.h"
#include <string.h>

/* A matcher for the subject at `index`, with nothing compiled yet. */
static nj_matcher matcher_for(lua_State *L, int index) {
  size_t length;
  nj_matcher m = {.L = L, .host = nj_host_of(L)};
  m.start = luaL_checklstring(L, index, &length);
  m.end = m.start + length;
  return m;
}

/* The offset of position `position`, from 0; negative ones count from the end. May be beyond the end. */
static size_t offset_of(lua_Integer position, size_t length) {
  if (position > 0) return (size_t)position - 1;
  if (position == 0 || position < -(lua_Integer)length) return 0;
  return length + (size_t)position;
}

/* Pushes all captures, or the whole match if there are none; returns their number. */
static int push_captures(nj_matcher *m, const char *start, const char *end, int wants_whole) {
  int count = m->captures == 0 && wants_whole ? 1 : m->captures;
  luaL_checkstack(m->L, count, "too many captures");
  for (int i = 0; i < count; i++) nj_push_capture(m, i, start, end);
  return count;
}

static int push_range(nj_matcher *m, const char *start, const char *end) {
  lua_pushinteger(m->L, start - m->start + 1);
  lua_pushinteger(m->L, end - m->start);
  return 2;
}

static int find_text(nj_matcher *m, const char *from, const char *text, size_t length) {
  nj_charge(m->L, m->host, (size_t)(m->end - from) / 16);
  const char *found = memmem(from, (size_t)(m->end - from), text, length);
  if (found != NULL) return push_range(m, found, found + length);
  lua_pushnil(m->L);
  return 1;
}

static int has_specials(const char *pattern, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (pattern[i] != '\0' && strchr("^$*+?.([%-", pattern[i]) != NULL) return 1;
  }
  return 0;
}

static int search(lua_State *L, int is_find) {
  nj_matcher m = matcher_for(L, 1);
  size_t length;
  const char *pattern = luaL_checklstring(L, 2, &length);
  size_t offset = offset_of(luaL_optinteger(L, 3, 1), (size_t)(m.end - m.start));
  if (offset > (size_t)(m.end - m.start)) {
    lua_pushnil(L);
    return 1;
  }
  const char *at = m.start + offset;
  if (is_find && (lua_toboolean(L, 4) || !has_specials(pattern, length)))
    return find_text(&m, at, pattern, length);
  int is_anchored = length > 0 && *pattern == '^';
  m.items = nj_compile(L, pattern + is_anchored, length - (size_t)is_anchored);
  do {
    const char *end = nj_match(&m, at);
    if (end != NULL && !is_find) return push_captures(&m, at, end, 1);
    if (end != NULL) return push_range(&m, at, end) + push_captures(&m, at, end, 0);
  } while (at++ < m.end && !is_anchored);
  lua_pushnil(L);
  return 1;
}

static int find(lua_State *L) { return search(L, 1); }
static int match(lua_State *L) { return search(L, 0); }

/* ---- gmatch ---- */

/* Upvalues: subject, pattern, compiled pattern, offset to continue from, end of the last match + 1 (0: none). */
static int next_match(lua_State *L) {
  nj_matcher m = matcher_for(L, lua_upvalueindex(1));
  m.items = lua_touserdata(L, lua_upvalueindex(3));
  lua_Integer last = lua_tointeger(L, lua_upvalueindex(5));
  for (const char *at = m.start + lua_tointeger(L, lua_upvalueindex(4)); at <= m.end; at++) {
    const char *end = nj_match(&m, at);
    if (end == NULL || end - m.start + 1 == last) continue; /* skip an empty match right after the last one */
    lua_pushinteger(L, end - m.start);
    lua_replace(L, lua_upvalueindex(4));
    lua_pushinteger(L, end - m.start + 1);
    lua_replace(L, lua_upvalueindex(5));
    return push_captures(&m, at, end, 1);
  }
  return 0;
}

static int gmatch(lua_State *L) {
  size_t length, width;
  luaL_checklstring(L, 1, &length);
  const char *pattern = luaL_checklstring(L, 2, &width);
  size_t offset = offset_of(luaL_optinteger(L, 3, 1), length);
  lua_settop(L, 2);
  nj_compile(L, pattern, width);
  lua_pushinteger(L, (lua_Integer)(offset > length ? length + 1 : offset));
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_match, 5);
  return 1;
}

/* ---- gsub ---- */

/* Adds the replacement text, with %0…%9 in it filled in. */
static void add_text(nj_matcher *m, luaL_Buffer *result, const char *start, const char *end) {
  size_t length;
  const char *text = lua_tolstring(m->L, 3, &length), *stop = text + length;
  nj_charge(m->L, m->host, 1 + length / 16);
  while (text < stop) {
    const char *escape = memchr(text, '%', (size_t)(stop - text));
    luaL_addlstring(result, text, (size_t)((escape != NULL ? escape : stop) - text));
    if (escape == NULL) return;
    char letter = escape + 1 < stop ? escape[1] : '\0';
    text = escape + 2;
    if (letter == '%') {
      luaL_addchar(result, '%');
    } else if (letter == '0') {
      luaL_addlstring(result, start, (size_t)(end - start));
    } else if (letter >= '1' && letter <= '9') {
      if (letter - '1' >= m->captures && letter != '1')
        luaL_error(m->L, "invalid capture index %%%d in replacement string", letter - '0');
      nj_push_capture(m, letter - '1', start, end);
      luaL_tolstring(m->L, -1, NULL); /* a position is a number */
      lua_remove(m->L, -2);
      luaL_addvalue(result);
    } else {
      luaL_error(m->L, "invalid use of '%%' in replacement string");
    }
  }
}

/* Adds the replacement of one match; returns whether it is not the match itself. */
static int add_replacement(nj_matcher *m, luaL_Buffer *result, const char *start, const char *end) {
  lua_State *L = m->L;
  switch (lua_type(L, 3)) {
    case LUA_TFUNCTION:
      lua_pushvalue(L, 3);
      lua_call(L, push_captures(m, start, end, 1), 1);
      break;
    case LUA_TTABLE:
      nj_push_capture(m, 0, start, end);
      lua_gettable(L, 3);
      break;
    default:
      add_text(m, result, start, end);
      return 1;
  }
  if (!lua_toboolean(L, -1)) {
    lua_pop(L, 1);
    luaL_addlstring(result, start, (size_t)(end - start));
    return 0;
  }
  if (!lua_isstring(L, -1)) luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
  luaL_addvalue(result);
  return 1;
}

static int gsub(lua_State *L) {
  nj_matcher m = matcher_for(L, 1);
  size_t length;
  const char *pattern = luaL_checklstring(L, 2, &length);
  int kind = lua_type(L, 3);
  luaL_argexpected(L, kind == LUA_TNUMBER || kind == LUA_TSTRING || kind == LUA_TFUNCTION || kind == LUA_TTABLE, 3,
                   "string/function/table");
  lua_Integer most = luaL_optinteger(L, 4, (m.end - m.start) + 1), count = 0;
  int is_anchored = length > 0 && *pattern == '^', is_changed = 0;
  lua_settop(L, 3);
  if (kind == LUA_TNUMBER) lua_tolstring(L, 3, NULL);
  m.items = nj_compile(L, pattern + is_anchored, length - (size_t)is_anchored);
  const char *at = m.start, *last = NULL;
  luaL_Buffer result;
  luaL_buffinit(L, &result);
  while (count < most) {
    const char *end = nj_match(&m, at);
    if (end != NULL && end != last) {
      count++;
      is_changed |= add_replacement(&m, &result, at, end);
      at = last = end;
    } else if (at < m.end) {
      luaL_addchar(&result, *at++);
    } else {
      break;
    }
    if (is_anchored) break;
  }
  if (is_changed) {
    luaL_addlstring(&result, at, (size_t)(m.end - at));
    luaL_pushresult(&result);
  } else {
    lua_pushvalue(L, 1);
  }
  lua_pushinteger(L, count);
  return 2;
}

/* The string library is on top. */
void nj_open_patterns(lua_State *L) {
  nj_set(L, "find", find);
  nj_set(L, "match", match);
  nj_set(L, "gmatch", gmatch);
  nj_set(L, "gsub", gsub);
}
