/* Methods of strings that a script adds: after `function string.trim(s) … end`, its code may call `name:trim()`.

   All strings share one metatable, so the `string` of which environment is meant is decided at each call of a method that
   the library itself lacks: the one of the calling function, known by its upvalue _ENV, else by the file that defines it,
   else by the functions that called it. So the methods of one script are never seen by the code of another. */
#include "bridge.h"
#include <string.h>

/* Environment → its table `string`, with weak keys. */
static const char strings_key;
/* Chunk name → its environment, with weak values; false for a name that several environments have used. */
static const char chunks_key;

static void set_weak_table(lua_State *L, const char *key, const char *mode) {
  lua_newtable(L);
  lua_newtable(L);
  lua_pushstring(L, mode);
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

void nj_note_strings(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &strings_key);
  lua_pushvalue(L, -2);
  lua_pushliteral(L, "string");
  lua_rawget(L, -4);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

void nj_note_chunk(lua_State *L, const char *name) {
  if (name == NULL || *name != '@') return;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &chunks_key);
  lua_pushstring(L, name);
  lua_pushvalue(L, -1);
  int is_known = lua_rawget(L, -3) != LUA_TNIL && !lua_rawequal(L, -1, -4);
  lua_pop(L, 1);
  if (is_known) lua_pushboolean(L, 0); else lua_pushvalue(L, -3);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

/* Replaces the environment on top with its table `string`, or nil. */
static int push_strings(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &strings_key);
  lua_insert(L, -2);
  int kind = lua_rawget(L, -2);
  lua_remove(L, -2);
  return kind == LUA_TTABLE;
}

/* Pushes the table `string` of the environment that the function on top uses by name, or nothing. */
static int push_strings_used(lua_State *L) {
  int function = lua_gettop(L);
  const char *name;
  for (int i = 1; (name = lua_getupvalue(L, function, i)) != NULL; i++) {
    if (strcmp(name, "_ENV") == 0 && lua_type(L, -1) == LUA_TTABLE && push_strings(L)) return 1;
    lua_settop(L, function);
  }
  return 0;
}

/* Pushes the table `string` of the environment in which the file `source` was loaded, likewise. */
static int push_strings_of_file(lua_State *L, const char *source) {
  if (*source != '@') return 0;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &chunks_key);
  lua_pushstring(L, source);
  if (lua_rawget(L, -2) == LUA_TTABLE && push_strings(L)) return 1;
  lua_pop(L, 2);
  return 0;
}

/* Pushes the table `string` that the calling code sees, or nothing. */
static int push_callers_strings(lua_State *L) {
  enum { levels = 20 };
  lua_Debug record;
  int is_innermost = 1;
  for (int level = 1; level < levels && lua_getstack(L, level, &record) && lua_getinfo(L, "fS", &record); level++) {
    if (*record.what == 'C') {
      lua_pop(L, 1);
      continue;
    }
    if (push_strings_used(L) || (is_innermost && push_strings_of_file(L, record.source))) return 1;
    lua_pop(L, 1);
    is_innermost = 0;
  }
  return 0;
}

/* __index of the string library itself: a key that it lacks. */
static int find_method(lua_State *L) {
  lua_settop(L, 2);
  if (lua_type(L, 2) != LUA_TSTRING || !push_callers_strings(L)) return 0;
  lua_pushvalue(L, 2);
  lua_rawget(L, -2);
  return 1;
}

/* The string library, which is the __index of all strings, is on top. */
void nj_open_methods(lua_State *L) {
  set_weak_table(L, &strings_key, "k");
  set_weak_table(L, &chunks_key, "v");
  lua_newtable(L);
  nj_set(L, "__index", find_method);
  lua_setmetatable(L, -2);
}
