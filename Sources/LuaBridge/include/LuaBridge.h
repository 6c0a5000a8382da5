/* The C side of the Lua boundary. Every longjmp of Lua starts and ends in this target: Swift calls only
   functions that cannot raise, and reports its own errors by a return value that C then raises. */
#ifndef NIGHTJAR_LUA_BRIDGE_H
#define NIGHTJAR_LUA_BRIDGE_H

#include <stddef.h>
#include <stdint.h>
#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

/* What Swift does for C. None of these may raise. `owner` is the Swift LuaState. */
typedef struct nj_callbacks {
  /* Runs host function `function`; a count of results, or -1 with the error value on top. */
  int (*dispatch)(void *owner, lua_State *L, int64_t function);
  /* Drops the reference a host object held. */
  void (*release)(void *owner, void *object);
  /* Called at each raised error that reaches Swift: notes the frames. */
  void (*trace)(void *owner, lua_State *L);
  /* Called every few thousand instructions: 1 when the script must stop, with the message pushed. */
  int (*should_stop)(void *owner, lua_State *L);
  /* Text of the script's print. */
  void (*print)(void *owner, const char *text, size_t length);
} nj_callbacks;

/* One host object, the body of a full userdata. `object` is NULL after release. */
typedef struct nj_object {
  const void *host;       /* whose object this is; also tells our userdata from any other */
  void *object;           /* retained by this userdata */
  int32_t class_id;
  int32_t scoped;         /* whether nj.scope() releases it */
  size_t bytes;           /* native bytes that hang on it */
  uint64_t born;          /* serial number */
  uint64_t owner;         /* the scope mark it belongs to; `born` unless kept */
  struct nj_object *older, *newer;
} nj_object;

/* The state's bookkeeping; lives as long as the lua_State. */
typedef struct nj_host {
  nj_callbacks calls;
  void *owner;
  size_t lua_bytes, lua_limit;        /* limit 0: none */
  size_t native_bytes, native_threshold, native_live, native_budget;
  size_t objects, object_threshold;   /* alive, and how many before garbage is collected */
  int may_fail;                       /* 0 while a Swift frame is live: the allocator then never says no */
  int stopping;                       /* the script must end; no pcall of a script holds it up */
  int hook_count;                     /* instructions between two looks at should_stop */
  uint64_t serial;
  uint64_t collections;               /* full collections caused by host objects */
  nj_object *newest;
} nj_host;

/* A new state with the safe libraries, or NULL. `nj_close` ends both. */
lua_State *nj_open(const nj_callbacks *calls, void *owner, lua_Integer seed);
void nj_close(lua_State *L);
nj_host *nj_host_of(lua_State *L);

/* Calls the function below `arguments` values; a Lua status. Errors go through `trace`. */
int nj_pcall(lua_State *L, int arguments, int results);
/* Compiles text (never bytecode); a Lua status. */
int nj_load_text(lua_State *L, const char *text, size_t length, const char *chunk);
/* Replaces the value on top with its text, safely: metamethods run protected. */
void nj_text_of(lua_State *L);

/* Pushes a C closure that dispatches to host function `function`. */
void nj_push_function(lua_State *L, int64_t function);
/* Turns the host object on top into a C closure that dispatches with function -1. */
void nj_push_closure(lua_State *L);
/* The object behind a closure made by nj_push_closure, during its dispatch. */
void *nj_closure_object(lua_State *L);

/* Pushes a new userdata with the metatable at `metatable` in the registry. */
nj_object *nj_push_object(lua_State *L, void *object, int32_t class_id, int metatable, size_t bytes,
                          int scoped);
/* The host object at `index`, or NULL when the value is none of this state's. */
nj_object *nj_to_object(lua_State *L, int index);
void nj_release_object(lua_State *L, nj_object *object);
void nj_set_bytes(lua_State *L, nj_object *object, size_t bytes);
/* Releases what was made after `mark` and not kept. */
void nj_release_since(lua_State *L, uint64_t mark);
/* Collects everything now. */
void nj_collect(lua_State *L);
/* Collects when native bytes have grown enough. */
void nj_weigh(lua_State *L);

/* Pushes a closure that looks a key up in the methods, then in the properties, then asks host
   function `unknown` for a name and `other` for any other key.
   Takes both tables from the stack (methods below properties). */
void nj_push_index(lua_State *L, int64_t unknown, int64_t other);
/* The same for assignment; takes the setters' table from the stack. */
void nj_push_newindex(lua_State *L, int64_t unknown, int64_t other);
/* Fields every metatable of a host class has: __gc, __close, __eq. Metatable on top. */
void nj_set_lifecycle(lua_State *L);

/* Pushes a new environment: copies of the base libraries, and its own load. */
void nj_push_environment(lua_State *L);
/* Replaces the table on top with a proxy that reads it and refuses writes; `name` is for the message. */
void nj_make_readonly(lua_State *L, const char *name);

/* Asks the running script to stop; from another thread or a signal this is safe. */
void nj_stop(lua_State *L);
/* After the outermost call: scripts may run again. */
void nj_rearm(lua_State *L);

/* Macros of lua.h that Swift does not see. */
int nj_registry_index(void);
int nj_upvalue_index(int i);
const char *nj_to_string(lua_State *L, int index, size_t *length);

/* Shared inside the bridge. */
int nj_raise_if_stopping(lua_State *L);
int nj_call(lua_State *L);
void nj_open_libraries(lua_State *L, lua_Integer seed);
int nj_tostring(lua_State *L);
void nj_push_pristine(lua_State *L);
extern const char nj_readonly_key;

#endif
