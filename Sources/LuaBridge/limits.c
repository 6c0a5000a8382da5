/* The limits: how a script is ended from outside it, whatever it does.

   A timer's signal comes by every few milliseconds on the thread that runs a script (the beat). That, the allocator and
   the host can find that the script has to end, and say so in `wanted`. From then on
   - a count hook fires at each instruction and raises, in every thread that runs Lua code,
   - every C function that can take long looks (nj_spend, nj_look), as do all calls into the host,
   - the protected calls of scripts (pcall, xpcall, coroutine.resume, wrap and close are ours) do not keep the
     error: they raise it again, so that it reaches the host's own protected call.
   What even that does not reach is left to the end of the process, a grace after the deadline.

   Between the beats no hook is set: one that counts makes a tight loop take twice as long. Only a limit of
   instructions needs it, and sets it.

   What this relies on, in Lua 5.4:
   - lua_sethook may be called from a signal handler of the thread that runs the state (the manual says so).
   - An error raised by a hook leaves hooks off in its coroutine, which is dead then: a coroutine that a stop went
     through is never closed, so that no __close runs there. In the main thread, lua_pcall turns hooks on again.
   - A new thread begins with its maker's hook and a whole count. What is left of a count is not in Lua's interface;
     it is found in the thread by experiment (find_remaining), so that short coroutines are counted rightly. */
#include "bridge.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Thread_local nj_host *innermost; /* the host whose Lua code runs on this thread */
static _Thread_local size_t thread_bytes;

/* Instructions between two hooks while they are counted. */
enum { quantum = 10000 };
/* Nanoseconds between two beats. */
enum { beat = 20 * 1000000 };

static void on_count(lua_State *L, lua_Debug *record);

static void hook_at(lua_State *L, int count) { lua_sethook(L, on_count, LUA_MASKCOUNT, count); }

static int is_counting(const nj_host *host) { return host->instruction_limit != 0; }

/* ---- Counting ---- */

/* Where a thread keeps what is left of its hook's count; 0 when it was not found. The same for all states. */
static _Atomic int remaining_offset;

void nj_note_thread_size(size_t bytes) { thread_bytes = bytes; }

static void ignore(lua_State *L, lua_Debug *record) {
  (void)L;
  (void)record;
}

/* Gives a thread an odd count, lets it run a little, and looks which of its integers went down from it. */
static void find_remaining(lua_State *L) {
  if (remaining_offset != 0) return;
  const int odd = 0x5EC0DE5;
  enum { most = 16 };
  thread_bytes = 0;
  lua_State *thread = lua_newthread(L);
  size_t extent = thread_bytes > LUA_EXTRASPACE ? thread_bytes - LUA_EXTRASPACE : 0;
  int places[most], candidates = 0, found = 0;
  if (luaL_loadstring(thread, "for i = 1, 9 do end") == LUA_OK) {
    lua_sethook(thread, ignore, LUA_MASKCOUNT, odd);
    for (size_t at = 0; at + sizeof(int) <= extent && candidates < most; at += sizeof(int)) {
      int value;
      memcpy(&value, (char *)thread + at, sizeof value);
      if (value == odd) places[candidates++] = (int)at;
    }
    if (lua_pcall(thread, 0, 0, 0) == LUA_OK) {
      for (int i = 0; i < candidates; i++) {
        int value;
        memcpy(&value, (char *)thread + places[i], sizeof value);
        if (value < odd && value > odd - 100) found = found == 0 ? places[i] : -1;
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

int nj_begin_thread(lua_State *L) {
  nj_host *host = nj_host_of(L);
  host->running = L;
  if (!is_counting(host)) return 0;
  if (lua_gethookcount(L) != quantum || lua_gethook(L) != on_count) hook_at(L, quantum);
  return remaining(L);
}

void nj_end_thread(lua_State *L, int before, lua_State *back) {
  nj_host *host = nj_host_of(L);
  host->running = back;
  /* Where the count is not known, a resume is taken to cost this. */
  const int usual = 100;
  if (is_counting(host)) host->instructions += (uint64_t)(remaining_offset != 0 ? before - remaining(L) : usual);
}

uint64_t nj_instructions(lua_State *L) {
  nj_host *host = nj_host_of(L);
  int used = is_counting(host) && remaining_offset != 0 ? quantum - remaining(L) : 0;
  return host->instructions + host->work + (uint64_t)(used > 0 ? used : 0);
}

/* ---- Stopping ---- */

/* The error is made anew at each look; until every frame of the script is gone, the hook fires at each instruction. */
static void stop(lua_State *L) {
  nj_host *host = nj_host_of(L);
  int could_fail = host->may_fail;
  host->may_fail = 0;
  host->stopping = 1;
  hook_at(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  hook_at(lua_tothread(L, -1), 1);
  lua_pop(L, 1);
  host->calls.stop(host->owner, L, host->wanted);
  host->may_fail = could_fail;
  lua_error(L);
}

void nj_want_stop(lua_State *L, nj_reason reason) {
  nj_host *host = nj_host_of(L);
  if (host->wanted == NJ_NONE) host->wanted = reason;
  hook_at(L, 1);
}

/* Whether the script has to end; the user is asked as well. */
static int has_to_stop(nj_host *host) {
  host->instructions += host->work;
  host->work = 0;
  if (host->wanted != NJ_NONE) return 1;
  if (is_counting(host) && host->instructions > host->instruction_limit)
    host->wanted = NJ_INSTRUCTIONS;
  else if (host->deadline != 0 && nj_now() >= host->deadline)
    host->wanted = NJ_TIME;
  else if (host->calls.is_interrupted(host->owner))
    host->wanted = NJ_INTERRUPT;
  return host->wanted != NJ_NONE;
}

static void on_count(lua_State *L, lua_Debug *record) {
  (void)record;
  nj_host *host = nj_host_of(L);
  int count = lua_gethookcount(L);
  if (is_counting(host)) host->instructions += (uint64_t)count;
  if (has_to_stop(host)) stop(L);
  if (!is_counting(host))
    lua_sethook(L, NULL, 0, 0);
  else if (count != quantum)
    hook_at(L, quantum);
}

void nj_look(lua_State *L) {
  if (!has_to_stop(nj_host_of(L))) return;
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  stop(L);
}

void nj_raise_if_stopping(lua_State *L) {
  nj_host *host = nj_host_of(L);
  if (!host->stopping && host->wanted == NJ_NONE) return;
  lua_settop(L, 0);
  stop(L);
}

void nj_rearm(lua_State *L) {
  nj_host *host = nj_host_of(L);
  host->stopping = 0;
  host->wanted = NJ_NONE;
  if (is_counting(host)) hook_at(L, quantum); else lua_sethook(L, NULL, 0, 0);
}

/* ---- The clock ---- */

int64_t nj_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void say(const char *text, size_t length) {
  while (length > 0) {
    ssize_t written = write(STDERR_FILENO, text, length);
    if (written <= 0) return;
    text += written;
    length -= (size_t)written;
  }
}

static void end_at_once(int number) {
  (void)number;
  _exit(4);
}

/* Also from the signal handler: nothing here allocates. The frames of a thread that is inside a C function do not
   move; should they be read at the one moment when they do, the fault ends the process with the same code. */
_Noreturn void nj_end_process(nj_host *host, const char *words) {
  static const char head[] = "nightjar: ";
  signal(SIGSEGV, end_at_once);
  say(head, sizeof head - 1);
  lua_Debug record;
  for (int level = 0; level < 20 && host->running != NULL && lua_getstack(host->running, level, &record); level++) {
    if (!lua_getinfo(host->running, "Sl", &record) || record.currentline <= 0) continue;
    char place[LUA_IDSIZE + 16];
    int length = snprintf(place, sizeof place, "%s:%d: ", record.short_src, record.currentline);
    if (length > 0) say(place, (size_t)length);
    break;
  }
  say(words, strlen(words));
  _exit(4);
}

/* The beat, on the thread that runs the script: has it look at the next instruction. */
static void on_beat(int number) {
  (void)number;
  int kept = errno;
  for (nj_host *host = innermost; host != NULL; host = host->outer) {
    int64_t deadline = host->deadline;
    int64_t late = deadline == 0 ? -1 : nj_now() - deadline;
    if (late >= 0 && host->wanted == NJ_NONE) host->wanted = NJ_TIME;
    /* While instructions are counted the hook comes by on its own, and a new one would lose its count. */
    if (host->wanted != NJ_NONE || !is_counting(host)) hook_at(host->running, 1);
    if (late > host->grace && host->grace != 0) nj_end_process(host, host->last_words);
  }
  errno = kept;
}

/* One signal of the real-time range, which nothing else here uses. */
static int beat_signal(void) { return SIGRTMIN + 6; }

void nj_forget_timer(nj_host *host) {
  if (host->timer_thread != 0) timer_delete(host->timer);
  host->timer_thread = 0;
}

/* A timer for this thread; one of another thread is given up. */
static int has_timer(nj_host *host) {
  pid_t thread = (pid_t)syscall(SYS_gettid);
  if (host->timer_thread == thread) return 1;
  nj_forget_timer(host);
  struct sigaction action = {.sa_handler = on_beat, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(beat_signal(), &action, NULL);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, beat_signal());
  pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
  struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = beat_signal()};
  event._sigev_un._tid = thread;
  if (timer_create(CLOCK_MONOTONIC, &event, &host->timer) != 0) return 0;
  host->timer_thread = thread;
  return 1;
}

/* Beats from now on, or not. */
static void set_beat(nj_host *host, int isOn) {
  if (!isOn && host->timer_thread == 0) return;
  if (isOn && !has_timer(host)) return; /* then the deadline is looked at less often */
  struct itimerspec times = {0};
  if (isOn) times.it_value.tv_nsec = times.it_interval.tv_nsec = beat;
  timer_settime(host->timer, 0, &times, NULL);
}

void nj_enter(lua_State *L) {
  nj_host *host = nj_host_of(L);
  host->instructions = 0;
  host->work = 0;
  host->outer = innermost;
  host->running = L;
  innermost = host;
  nj_rearm(L);
  set_beat(host, 1);
}

void nj_leave(lua_State *L) {
  nj_host *host = nj_host_of(L);
  set_beat(host, 0);
  innermost = host->outer;
  host->outer = NULL;
  host->running = NULL;
}

void nj_start_counting(lua_State *L) { find_remaining(L); }
