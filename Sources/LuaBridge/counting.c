/* Counting of instructions, if they are limited.

   A count hook makes a tight loop take about twice as long, so only the first ten million instructions are counted one by
   one. After that the hook runs for a short burst at each tick, and the instructions between two bursts are estimated from
   the CPU time and the pace of the burst: a limit beyond ten million holds to within a factor of 1.5, and costs about 2 %.

   Each coroutine has its own count, which starts in full. The remaining count is not part of Lua's interface; its offset
   in lua_State is found by experiment, so that coroutines that end before their hook fires are counted correctly. */
#include "bridge.h"
#include <stdatomic.h>
#include <string.h>

enum {
  quantum = 10000,    /* instructions between two hooks, and in a burst */
  exactly = 10000000  /* the first instructions, which are all counted */
};

int nj_is_counting(const nj_host *host) { return host->instruction_limit != 0 && !host->pausing; }

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

/* ---- The pace between bursts ---- */

static int64_t thread_time(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Nanoseconds of the shortest of three runs of a loop. */
static int64_t time_of_loop(lua_State *L) {
  int64_t best = INT64_MAX;
  for (int i = 0; i < 3; i++) {
    lua_pushvalue(L, 1);
    int64_t start = thread_time();
    if (lua_pcall(L, 0, 0, 0) != LUA_OK) lua_pop(L, 1);
    int64_t time = thread_time() - start;
    if (time < best) best = time;
  }
  return best;
}

/* Nanoseconds that the hook adds to an instruction, measured once. */
static double cost_of_hook(void) {
  static _Atomic double known = -1;
  if (known >= 0) return known;
  double cost = 0;
  lua_State *L = luaL_newstate();
  if (L != NULL) {
    /* A store and a jump, 100,000 times: the hook costs most instructions as much as these. */
    if (luaL_loadstring(L, "local t = {} for i = 1, 100000 do t[1] = i end") == LUA_OK) {
      int64_t plain = time_of_loop(L);
      lua_sethook(L, ignore, LUA_MASKCOUNT, quantum);
      cost = (double)(time_of_loop(L) - plain) / 2e5;
    }
    lua_close(L);
  }
  known = cost > 0 ? cost : 0;
  return known;
}

/* Adds the instructions since the last burst, estimated from its pace. */
static void count_pause(nj_host *host) {
  double elapsed = (double)(thread_time() - host->pause_start);
  if (host->pace > 0) host->instructions += (uint64_t)(elapsed / host->pace);
}

static void begin_burst(nj_host *host) {
  host->pausing = 0;
  host->burst_start = thread_time();
  host->burst_instructions = host->instructions;
}

static void end_burst(nj_host *host) {
  host->pause_start = thread_time();
  double count = (double)(host->instructions - host->burst_instructions);
  double pace = (double)(host->pause_start - host->burst_start) / count - cost_of_hook();
  const double fastest = 0.2; /* nanoseconds an instruction: no machine is faster */
  host->pace = pace > fastest ? pace : fastest;
  host->pausing = 1;
}

int nj_count(nj_host *host, int count) {
  if (host->instruction_limit == 0) return 0;
  if (host->pausing) {
    count_pause(host);
    begin_burst(host);
    return quantum;
  }
  host->instructions += (uint64_t)count;
  if (host->instructions < exactly) return quantum;
  if (host->burst_start == 0) begin_burst(host);
  if (host->instructions - host->burst_instructions < quantum) return quantum;
  end_burst(host);
  return 0;
}

void nj_start_counting(nj_host *host) {
  host->instructions = 0;
  host->work = 0;
  host->pausing = 0;
  host->burst_start = 0;
}

/* ---- Coroutines ---- */

int nj_begin_thread(lua_State *L) {
  nj_host *host = nj_host_of(L);
  host->running = L;
  if (!nj_is_counting(host)) return 0;
  if (lua_gethookcount(L) != quantum) nj_hook(L, quantum);
  return remaining(L);
}

void nj_end_thread(lua_State *L, int before, lua_State *back) {
  nj_host *host = nj_host_of(L);
  host->running = back;
  if (before == 0 || !nj_is_counting(host)) return;
  host->instructions += (uint64_t)(before - remaining(L));
}

void nj_flush_count(nj_host *host) {
  int count = lua_gethookcount(host->running), left = remaining(host->running);
  if (left > 0 && left < count) host->instructions += (uint64_t)(count - left);
}

uint64_t nj_instructions(lua_State *L) {
  nj_host *host = nj_host_of(L);
  int used = nj_is_counting(host) && remaining_offset != 0 ? quantum - remaining(L) : 0;
  return host->instructions + host->work + (uint64_t)(used > 0 ? used : 0);
}
