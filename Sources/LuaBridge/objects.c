/* Host objects: userdata with a checked type, native bytes, and scopes. */
#include "bridge.h"
#include <string.h>

/* A copy of these bytes elsewhere, or other memory, is not taken for an object of this host. */
static uintptr_t magic(const nj_host *host, const nj_object *object) { return (uintptr_t)host ^ (uintptr_t)object; }

nj_object *nj_to_object(lua_State *L, int index) {
  nj_object *object = lua_touserdata(L, index);
  /* A light userdata, which is only a pointer, has no length. */
  if (object == NULL || lua_rawlen(L, index) != sizeof *object) return NULL;
  return object->magic == magic(nj_host_of(L), object) ? object : NULL;
}

nj_object *nj_push_object(lua_State *L, void *object, int32_t class_id, int metatable, size_t bytes,
                          int scoped) {
  nj_host *host = nj_host_of(L);
  nj_object *made = lua_newuserdatauv(L, sizeof *made, 0);
  memset(made, 0, sizeof *made);
  made->magic = magic(host, made);
  made->object = object;
  made->class_id = class_id;
  made->scoped = scoped;
  made->bytes = bytes;
  made->born = made->owner = ++host->serial;
  made->older = host->newest;
  if (host->newest != NULL) host->newest->newer = made;
  host->newest = made;
  host->native_bytes += bytes;
  host->objects++;
  lua_rawgeti(L, LUA_REGISTRYINDEX, metatable);
  lua_setmetatable(L, -2);
  return made;
}

static void release(nj_host *host, nj_object *object) {
  void *held = object->object;
  if (held == NULL) return;
  object->object = NULL;
  host->native_bytes -= object->bytes;
  host->objects--;
  object->bytes = 0;
  if (object->older != NULL) object->older->newer = object->newer;
  if (object->newer != NULL) object->newer->older = object->older;
  if (host->newest == object) host->newest = object->older;
  object->older = object->newer = NULL;
  int could_fail = host->alloc_may_fail;
  host->alloc_may_fail = 0;
  host->calls.release(host->owner, held);
  host->alloc_may_fail = could_fail;
}

void nj_release_object(lua_State *L, nj_object *object) { release(nj_host_of(L), object); }

/* Objects have no finalizer: Lua would keep each for a cycle more, and call it. They are released where Lua frees their
   block. */
void nj_note_freed(nj_host *host, void *block, size_t size) {
  if (size != host->object_block) return;
  nj_object *object = (nj_object *)((char *)block + size - sizeof *object);
  if (object->magic != magic(host, object)) return;
  if (object->object != NULL) release(host, object);
  /* Otherwise a new, partly initialised block at this address could be taken for a live object. */
  *(volatile uintptr_t *)&object->magic = 0;
}

void nj_set_bytes(lua_State *L, nj_object *object, size_t bytes) {
  if (object->object == NULL) return;
  nj_host *host = nj_host_of(L);
  host->native_bytes += bytes - object->bytes;
  object->bytes = bytes;
}

/* A release can run Swift code but never Lua code, so the list changes only here. */
void nj_release_since(lua_State *L, uint64_t mark) {
  nj_object *object = nj_host_of(L)->newest;
  while (object != NULL && object->born > mark) {
    nj_object *older = object->older;
    if (object->scoped && object->owner > mark) nj_release_object(L, object);
    object = older;
  }
}

void nj_collect(lua_State *L) {
  nj_host *host = nj_host_of(L);
  int could_fail = host->alloc_may_fail;
  host->alloc_may_fail = 0;
  lua_gc(L, LUA_GCCOLLECT);
  host->alloc_may_fail = could_fail;
}

/* Collects at twice what was live after the last collection, earlier when a budget is near.

   Objects are counted as well: to Lua they are small, and its own collector waits until its memory has doubled. How many
   may be made depends on what a collection visits, so that it costs little for each of them; few, so that garbage is
   still in the processor's cache when it is freed. */
void nj_collect_if_needed(lua_State *L) {
  nj_host *host = nj_host_of(L);
  if (host->native_bytes <= host->native_threshold && host->objects <= host->object_threshold) return;
  nj_collect(L);
  host->collections++;
  size_t live = host->native_bytes, floor = (size_t)64 << 20;
  size_t threshold = live + (live > floor ? live : floor);
  if (host->native_budget != 0) {
    size_t step = host->native_budget / 16, near = host->native_budget / 4 * 3;
    if (threshold > near) threshold = live + step > near ? live + step : near;
  }
  host->native_threshold = threshold;
  size_t few = host->lua_bytes / 128;
  if (few < 1024) few = 1024;
  host->object_threshold = host->objects + (host->objects > few ? host->objects : few);
}

/* __close of objects that several holders share: it is not for one of them to release it. */
static int on_close_shared(lua_State *L) {
  (void)L;
  return 0;
}

void nj_set_shared(lua_State *L) {
  lua_pushcfunction(L, on_close_shared);
  lua_setfield(L, -2, "__close");
}

static int on_close(lua_State *L) {
  nj_object *object = nj_to_object(L, 1);
  if (object != NULL) nj_release_object(L, object);
  return 0;
}

static int same_object(lua_State *L) {
  nj_object *a = nj_to_object(L, 1), *b = nj_to_object(L, 2);
  lua_pushboolean(L, a != NULL && b != NULL && a->object != NULL && a->object == b->object);
  return 1;
}

void nj_set_lifecycle(lua_State *L) {
  lua_pushcfunction(L, on_close);
  lua_setfield(L, -2, "__close");
  lua_pushcfunction(L, same_object);
  lua_setfield(L, -2, "__eq");
}

static int on_index(lua_State *L) {
  if (lua_type(L, 2) == LUA_TSTRING) {
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
    lua_pop(L, 1);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL) {
      lua_Integer property = lua_tointeger(L, -1);
      lua_settop(L, 1);
      return nj_dispatch(L, property);
    }
    lua_pop(L, 1);
  }
  return nj_dispatch(L, lua_tointeger(L, lua_upvalueindex(lua_type(L, 2) == LUA_TSTRING ? 3 : 4)));
}

static int on_newindex(lua_State *L) {
  if (lua_type(L, 2) == LUA_TSTRING) {
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
      lua_Integer setter = lua_tointeger(L, -1);
      lua_pop(L, 1);
      lua_remove(L, 2);
      return nj_dispatch(L, setter);
    }
    lua_pop(L, 1);
  }
  return nj_dispatch(L, lua_tointeger(L, lua_upvalueindex(lua_type(L, 2) == LUA_TSTRING ? 2 : 3)));
}

void nj_push_index(lua_State *L, int64_t unknown, int64_t other) {
  lua_pushinteger(L, unknown);
  lua_pushinteger(L, other);
  lua_pushcclosure(L, on_index, 4);
}

void nj_push_newindex(lua_State *L, int64_t unknown, int64_t other) {
  lua_pushinteger(L, unknown);
  lua_pushinteger(L, other);
  lua_pushcclosure(L, on_newindex, 3);
}
