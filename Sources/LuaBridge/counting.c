/* Counting of instructions, if they are limited.

   A count hook makes a tight loop take about twice as long, whatever its interval: with it, Lua's loop calls a function
   before each instruction. So under a very high limit nothing is counted at first: until
   enough CPU time has passed for a hundredth of the limit on the fastest machine. From then on, and from the start under
   lower limits, every instruction is counted. A limit is thus exact to 1 %, whatever the script does.

   Each coroutine has its own count, which starts in full. The remaining count is not part of Lua's interface; its offset
   in lua_State is found by experiment, so that coroutines that end before their hook fires are counted correctly. */
#include "bridge.h"
#include <stdatomic.h>
#include <string.h>

/* More instructions in a nanosecond than any machine executes. */
enum { instructions_per_nanosecond = 4 };

/* Counting starts at a tick, so a shorter time is not worth it. */
enum { shortest_free_time = 100 * 1000000 };

/* ---- The remaining count of a thread ---- */

static _Thread_local size_t thread_bytes;
/* Its offset in a lua_State; 0 if it was not found. The same for all states. */
static _Atomic int remaining_offset;

void nj_note_thread_size(size_t bytes) { thread_bytes = bytes; }

static void ignore(lua_State *L, lua_Debug *record) {
  (void)L;
  (void)record;
}

/* Sets a distinctive count in a thread, runs a few instructions, and looks for the one integer that decreased from it. */
void nj_find_remaining(lua_State *L) {
  if (remaining_offset != 0) return;
  const int marker = 0x5EC0DE5;
  enum { max_candidates = 16 };
  thread_bytes = 0;
  lua_State *thread = lua_newthread(L);
  size_t extent = thread_bytes > LUA_EXTRASPACE ? thread_bytes - LUA_EXTRASPACE : 0;
  int offsets[max_candidates], candidates = 0, found = 0;
  if (luaL_loadstring(thread, "for i = 1, 9 do end") == LUA_OK) {
    lua_sethook(thread, ignore, LUA_MASKCOUNT, marker);
    for (size_t at = 0; at + sizeof(int) <= extent && candidates < max_candidates; at += sizeof(int)) {
      int value;
      memcpy(&value, (char *)thread + at, sizeof value);
      if (value == marker) offsets[candidates++] = (int)at;
    }
    if (lua_pcall(thread, 0, 0, 0) == LUA_OK) {
      for (int i = 0; i < candidates; i++) {
        int value;
        memcpy(&value, (char *)thread + offsets[i], sizeof value);
        if (value < marker && value > marker - 100) found = found == 0 ? offsets[i] : -1;
      }
    }
  }
  if (found > 0) remaining_offset = found;
  lua_pop(L, 1);
}

static int remaining(lua_State *L) {
  int value = 0;
  if (remaining_offset != 0) memcpy(&value, (char *)L + remaining_offset, sizeof value);
  return value;
}

/* ---- When counting starts ---- */

static int64_t thread_time(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void nj_start_counting(nj_host *host) {
  host->instructions = 0;
  host->work = 0;
  uint64_t free_time = host->instruction_limit / 100 / instructions_per_nanosecond;
  int is_free = free_time > shortest_free_time;
  host->counts_from = is_free ? thread_time() + (int64_t)free_time - shortest_free_time / 2 : 0;
}

int nj_is_counting(nj_host *host) {
  if (host->instruction_limit == 0) return 0;
  if (host->counts_from != 0 && thread_time() >= host->counts_from) host->counts_from = 0;
  return host->counts_from == 0;
}

/* ---- Coroutines ---- */

/* Makes sure that a thread's instructions are counted; returns what remains of its count, 0 if none are counted. */
static int start_thread(nj_host *host, lua_State *L) {
  host->running = L;
  if (host->instruction_limit == 0 || host->counts_from != 0) return 0;
  if (lua_gethookcount(L) != nj_quantum) nj_hook(L, nj_quantum);
  return remaining(L);
}

int nj_begin_thread(lua_State *L) { return start_thread(nj_host_of(L), L); }

void nj_end_thread(lua_State *L, int before, lua_State *back) {
  nj_host *host = nj_host_of(L);
  if (before != 0) host->instructions += (uint64_t)(before - remaining(L));
  start_thread(host, back);
}

void nj_flush_count(nj_host *host) {
  int count = lua_gethookcount(host->running), left = remaining(host->running);
  if (left > 0 && left < count) host->instructions += (uint64_t)(count - left);
}

uint64_t nj_instructions(lua_State *L) {
  nj_host *host = nj_host_of(L);
  int used = host->running != NULL && lua_gethookcount(L) == nj_quantum && remaining_offset != 0
                 ? nj_quantum - remaining(L) : 0;
  return host->instructions + host->work + (uint64_t)(used > 0 ? used : 0);
}
