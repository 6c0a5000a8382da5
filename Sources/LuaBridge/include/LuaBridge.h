/* The C side of the Lua boundary. Every longjmp of Lua starts and ends in this target: Swift calls only functions that
   cannot raise, and reports its own errors by a return value, which C then raises.

   Beyond the manual, this target relies on these internals of Lua 5.4, all of which the tests exercise:
   - lua_sethook may be called from a signal handler of the thread that runs the state, as ldebug.c says (limits.c).
   - An error raised by a hook leaves hooks disabled in its coroutine, while lua_pcall restores them (limits.c).
   - lua_State keeps the remaining count of a count hook in an int. Its offset is found by experiment when the first state
     opens; if it is not found, instructions of coroutines that end before their hook are not counted (counting.c).
   - A userdata's block is a header followed by its bytes. The size of the header is measured when a state opens
     (state.c, objects.c).
   - The allocator's old size is a type tag for a new object; a refused allocation is requested once more after an
     emergency collection, except by string buffers (state.c).
   - nj_host is found through LUA_EXTRASPACE, which lua_newthread copies from the main thread (documented). */
#ifndef NIGHTJAR_LUA_BRIDGE_H
#define NIGHTJAR_LUA_BRIDGE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>
#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

/* Why a script must end. */
typedef enum nj_reason {
  NJ_NONE,
  NJ_INTERRUPT,     /* the user, by Ctrl-C */
  NJ_TIME,
  NJ_INSTRUCTIONS,
  NJ_LUA_MEMORY,
  NJ_NATIVE_MEMORY, /* refused too often */
  NJ_OUTPUT,
  NJ_RESIDENT       /* the process holds more memory than all that is counted explains */
} nj_reason;

/* Callbacks into Swift. None of these may raise. `owner` is the Swift LuaState. */
typedef struct nj_callbacks {
  /* Runs host function `function`; returns the number of results, or -1 with the error value on top. */
  int (*dispatch)(void *owner, lua_State *L, int64_t function);
  /* Releases the object that a userdata retained. */
  void (*release)(void *owner, void *object);
  /* Called for each raised error that reaches Swift: records the frames. */
  void (*trace)(void *owner, lua_State *L);
  /* Called every few milliseconds: whether the user asked to stop. */
  int (*is_interrupted)(void *owner);
  /* Pushes the error that ends the script, for this reason. */
  void (*stop)(void *owner, lua_State *L, int reason);
  /* Pushes the text of the table at `index`, for print. */
  void (*describe)(void *owner, lua_State *L, int index);
  /* Prints text of the script. */
  void (*print)(void *owner, const char *text, size_t length);
} nj_callbacks;

/* One host object, the body of a full userdata. `object` is NULL after release. */
typedef struct nj_object {
  uintptr_t magic;        /* from the addresses of host and object: distinguishes our userdata from other memory */
  void *object;           /* retained by this userdata */
  int32_t class_id;
  int32_t scoped;         /* whether nj.scope() releases it */
  size_t bytes;           /* native bytes that it holds */
  uint64_t born;          /* serial number */
  uint64_t owner;         /* the scope mark it belongs to; `born` unless a scope kept it */
  struct nj_object *older, *newer;
} nj_object;

/* The bookkeeping of a state; lives as long as the lua_State. limits.c explains the limits. */
typedef struct nj_host {
  nj_callbacks calls;
  void *owner;
  size_t lua_bytes, lua_limit;        /* limit 0: none */
  size_t native_bytes, native_threshold, native_budget;
  size_t objects, object_threshold;   /* alive, and the number at which garbage is collected */
  size_t object_block;                /* bytes of Lua's block that contains an nj_object */
  int alloc_may_fail;                 /* 0 while a Swift frame is live: the allocator then never refuses */
  int stress;                         /* for tests: garbage is collected at every allocation that grows */
  int hides_memory;                   /* the running code must not read sizes of memory */
  size_t refused;                     /* the size of the allocation that was refused last and may be requested again */
  uint64_t serial;
  uint64_t collections;               /* full collections caused by host objects */
  nj_object *newest;

  volatile int wanted;                /* an nj_reason: the script must end, and does at the next check */
  int stopping;                       /* it is ending: a script's pcall does not catch the error */
  _Atomic uint64_t instructions;      /* counted since the outermost call began, if limited */
  uint64_t instruction_limit;         /* 0: none, and they are not counted */
  uint32_t work;                      /* steps of C functions that are not in `instructions` yet */
  int64_t counts_from;                /* CPU time of this thread from which on they are counted, in nanoseconds; 0: always */
  volatile int ticks;                 /* since the hook fired */
  volatile int64_t deadline;          /* in nanoseconds of nj_now; 0: none */
  volatile int64_t call_deadline;     /* of the plugin call that is running, likewise */
  lua_State *volatile running;        /* the Lua thread that is running */
  size_t resident_limit;              /* private memory of the process in bytes; 0: none */
  int closing;                        /* nested coroutines that are being closed */
  struct nj_host *outer;              /* the host that called this one, on the same thread */
  timer_t timer;
  int64_t tick;                       /* nanoseconds between two ticks of it */
  pid_t timer_thread;                 /* the thread that the timer signals; 0: there is no timer */
  int is_ticking;                     /* 1 while it does */
  int64_t grace;                      /* nanoseconds from the deadline until the process is ended; 0: never */
  char final_message[512];            /* printed when the process is ended that way */
} nj_host;

/* A new state with the safe libraries, or NULL. `nj_close` ends both. */
lua_State *nj_open(const nj_callbacks *calls, void *owner);
void nj_close(lua_State *L);
nj_host *nj_host_of(lua_State *L);

/* Enclose the outermost call from the host into Lua, on its thread; the limits hold in between. */
void nj_enter(lua_State *L);
void nj_leave(lua_State *L);
/* Calls the function below `arguments` values; returns a Lua status. Errors go through `trace`. */
int nj_pcall(lua_State *L, int arguments, int results);
/* Compiles text, never bytecode; returns a Lua status. */
int nj_load_text(lua_State *L, const char *text, size_t length, const char *chunk);
/* Replaces the value on top with its text; metamethods run protected. */
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
/* The host object at `index`, or NULL for any other value. */
nj_object *nj_to_object(lua_State *L, int index);

/* What fits a parameter, as far as one look at an argument tells. */
typedef enum nj_argument {
  NJ_ARGUMENT_ANY,
  NJ_ARGUMENT_BOOLEAN,
  NJ_ARGUMENT_INTEGER, /* in a range */
  NJ_ARGUMENT_NUMBER,
  NJ_ARGUMENT_STRING,  /* of any bytes */
  NJ_ARGUMENT_NAME,    /* a string of at most so many bytes, all of them ASCII */
  NJ_ARGUMENT_TABLE,
  NJ_ARGUMENT_OBJECT,  /* of a class, and not released */
  NJ_ARGUMENT_OPERAND, /* a number or such an object */
  NJ_ARGUMENT_OTHER    /* nothing fits here: the host looks closer */
} nj_argument;

typedef struct nj_parameter {
  nj_argument kind;
  int32_t class_id;
  int32_t is_optional;
  int64_t least, most;
} nj_parameter;

typedef struct nj_signature {
  int32_t self_class; /* of the object that a method is called on; -1 for none */
  int32_t offset;     /* of the arguments: 1 after an object */
  int32_t count;
  nj_parameter *parameters;
} nj_signature;

/* The object that a method is called on; NULL for a value of another class, or a released object. */
nj_object *nj_receiver(lua_State *L, const nj_signature *signature);
/* The first argument, counted from 0, at or after `from` that does not fit; `count` when all do. */
int nj_first_misfit(lua_State *L, const nj_signature *signature, int from);

void nj_release_object(lua_State *L, nj_object *object);
void nj_set_bytes(lua_State *L, nj_object *object, size_t bytes);
/* Releases the scoped objects made after `mark` and not kept. */
void nj_release_since(lua_State *L, uint64_t mark);
/* Collects all garbage now. */
void nj_collect(lua_State *L);
/* Collects garbage if native bytes or objects have grown enough. */
void nj_collect_if_needed(lua_State *L);

/* Pushes a closure for __index: it looks a key up in the methods, then in the properties, then calls host function
   `unknown` for a name and `other` for any other key. Pops both tables (methods below properties). */
void nj_push_index(lua_State *L, int64_t unknown, int64_t other);
/* The same for __newindex; pops the table of setters. */
void nj_push_newindex(lua_State *L, int64_t unknown, int64_t other);
/* Sets the fields that the metatable of every host class has: __close, __eq. Metatable on top. */
void nj_set_lifecycle(lua_State *L);

/* Makes closing an object of this class do nothing, for objects that are the same value for all. Metatable on top. */
void nj_set_shared(lua_State *L);

/* Pushes a new environment: copies of the base libraries, its own load, and random numbers from `seed`. */
void nj_push_environment(lua_State *L, lua_Integer seed);
/* Notes that a chunk of this name is code of the environment on top. */
void nj_note_chunk(lua_State *L, const char *name);
/* Replaces the table on top with a proxy that reads it and refuses writes; `name` is for the message. */
void nj_make_readonly(lua_State *L, const char *name);

/* Requests that the script ends for this reason at its next check. Called on the thread that runs it. */
void nj_want_stop(lua_State *L, nj_reason reason);
/* Bytes of memory that this process alone holds; 0 where the system does not tell. */
size_t nj_resident_bytes(void);
/* Bytes of the calling thread's C stack below the caller's frame; SIZE_MAX where the system does not tell. */
size_t nj_stack_left(void);
/* The clock of the limits: monotonic nanoseconds, without those in which the process was stopped. */
int64_t nj_now(void);
/* Clears the request to end, after the call whose own limit it was. */
void nj_clear_interrupt(lua_State *L);
/* Instructions executed since the outermost call began. */
uint64_t nj_instructions(lua_State *L);

/* Macros of lua.h that Swift does not see. */
int nj_registry_index(void);
int nj_upvalue_index(int i);
const char *nj_to_string(lua_State *L, int index, size_t *length);

#endif
