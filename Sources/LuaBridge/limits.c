/* The limits: how a script is ended from outside, whatever it does.

   A timer signals the thread that runs a script every 20 ms (the tick; every millisecond for a profile). The tick, the allocator and the host can decide
   that the script must end, and set `wanted`. From then on
   - a count hook fires at each instruction and raises, in every thread that runs Lua code,
   - every C function that can take long checks `wanted` (nj_charge, nj_check_interrupt), as do all calls into the host,
   - the protected calls of scripts (pcall, xpcall, coroutine.resume, wrap and close are replaced) do not catch the
     error: they raise it again, so that it reaches the host's own protected call.
   If even that does not end the script, the process is ended some time after the deadline, where the host asked for it.

   Between ticks no hook is set, unless instructions are counted (counting.c) or the stack is deep: lua_sethook visits every
   frame, which for a million frames takes longer than a tick. There the hook, once set, stays and fires every thousand
   instructions, so that it is set once and not at each tick.

   What this relies on, in Lua 5.4:
   - lua_sethook may be called from a signal handler of the thread that runs the state (a comment in ldebug.c says so, and
     lua.c does it).
   - An error raised by a hook leaves hooks disabled in its coroutine, which is then dead: a coroutine that was stopped is
     never closed, so no __close runs there. In the main thread, lua_pcall enables hooks again. */
#include "bridge.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Thread_local nj_host *innermost; /* the host whose Lua code runs on this thread */

static void on_count(lua_State *L, lua_Debug *record);

void nj_hook(lua_State *L, int count) {
  if (count > 0) lua_sethook(L, on_count, LUA_MASKCOUNT, count); else lua_sethook(L, NULL, 0, 0);
}

/* Whether the stack has so many frames that setting the hook should be avoided. */
static int is_deep(lua_State *L) {
  enum { frames = 1000 };
  lua_Debug record;
  return lua_getstack(L, frames, &record);
}

/* Sets the hook unless it is set in this way. */
static void ensure_hook(lua_State *L, int count) {
  if (lua_gethookcount(L) != count) nj_hook(L, count);
}

/* ---- Stopping ---- */

/* Raises the error; until every frame of the script is gone, the hook fires at each instruction. */
static void stop(lua_State *L) {
  nj_host *host = nj_host_of(L);
  int could_fail = host->alloc_may_fail;
  host->alloc_may_fail = 0;
  host->stopping = 1;
  ensure_hook(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  ensure_hook(lua_tothread(L, -1), 1);
  lua_pop(L, 1);
  host->calls.stop(host->owner, L, host->wanted);
  host->alloc_may_fail = could_fail;
  lua_error(L);
}

void nj_want_stop(lua_State *L, nj_reason reason) {
  nj_host *host = nj_host_of(L);
  if (host->wanted == NJ_NONE) host->wanted = reason;
  ensure_hook(L, 1);
}

/* Whether the script must end, by a limit or by the user. */
static int must_stop(nj_host *host) {
  host->instructions += host->work;
  host->work = 0;
  if (host->wanted != NJ_NONE) return 1;
  if (host->instruction_limit != 0 && host->instructions > host->instruction_limit)
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
  int count = lua_gethookcount(L), is_counting = nj_is_counting(host);
  if (is_counting) host->instructions += (uint64_t)count;
  host->ticks = 0;
  if (must_stop(host)) stop(L);
  ensure_hook(L, is_counting || is_deep(L) ? nj_quantum : 0);
}

void nj_check_interrupt(lua_State *L) {
  if (!must_stop(nj_host_of(L))) return;
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  stop(L);
}

void nj_raise_if_stopping(lua_State *L) {
  nj_host *host = nj_host_of(L);
  if (!host->stopping && host->wanted == NJ_NONE) return;
  lua_settop(L, 0);
  stop(L);
}

void nj_clear_interrupt(lua_State *L) {
  nj_host *host = nj_host_of(L);
  host->stopping = 0;
  host->wanted = NJ_NONE;
  ensure_hook(L, nj_is_counting(host) || is_deep(L) ? nj_quantum : 0);
}

/* ---- The clock ---- */

/* While a process is stopped (Ctrl-Z, a suspended machine), no tick comes: that time counts towards no limit. The beat
   is the last tick of any thread, or the last time that somebody noticed a pause. */
static _Atomic int ticking;     /* hosts with ticks */
static _Atomic int64_t beat;    /* in nanoseconds of the monotonic clock */
static _Atomic int64_t paused;  /* the nanoseconds of all pauses */

static int64_t monotonic(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Any thread may be the first to run after a pause. */
static void note_pause(int64_t now) {
  enum { longest_tick = 1000000000 };
  int64_t last = beat;
  if (now - last > longest_tick && atomic_compare_exchange_strong(&beat, &last, now)) paused += now - last;
}

int64_t nj_now(void) {
  int64_t now = monotonic();
  if (ticking > 0) note_pause(now);
  return now - paused;
}

static void print_error(const char *text, size_t length) {
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

/* Called from the signal handler as well: nothing here allocates. The frames of a thread that is inside a C function do
   not move; should they be read at the one moment when they do, SIGSEGV ends the process with the same exit code. */
_Noreturn void nj_end_process(nj_host *host, const char *message) {
  static const char head[] = "nightjar: ";
  signal(SIGSEGV, end_at_once);
  print_error(head, sizeof head - 1);
  lua_Debug record;
  for (int level = 0; level < 20 && host->running != NULL && lua_getstack(host->running, level, &record); level++) {
    if (!lua_getinfo(host->running, "Sl", &record) || record.currentline <= 0) continue;
    char location[LUA_IDSIZE + 16];
    int length = snprintf(location, sizeof location, "%s:%d: ", record.short_src, record.currentline);
    if (length > 0) print_error(location, (size_t)length);
    break;
  }
  print_error(message, strlen(message));
  _exit(4);
}

/* Called from the signal handler as well: nothing here allocates. */
size_t nj_resident_bytes(void) {
  char text[128];
  int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
  if (file >= 0) close(file);
  if (length <= 0) return 0;
  text[length] = 0;
  size_t pages[3] = {0};
  const char *at = text;
  for (int i = 0; i < 3; i++) { /* all pages, resident ones, those of files */
    while (*at == ' ') at++;
    while (*at >= '0' && *at <= '9') pages[i] = pages[i] * 10 + (size_t)(*at++ - '0');
  }
  return pages[1] > pages[2] ? (pages[1] - pages[2]) * (size_t)sysconf(_SC_PAGESIZE) : 0;
}

/* The last line against memory that nothing counts; looked at every few ticks. */
static void check_resident(nj_host *host) {
  enum { ticks_between = 5 };
  static _Thread_local int ticks;
  if (host->resident_limit == 0 || host->wanted != NJ_NONE || ++ticks % ticks_between != 0) return;
  if (nj_resident_bytes() > host->resident_limit) host->wanted = NJ_RESIDENT;
}

/* Makes the running thread check soon. Where setting the hook takes long, it is set again at ever longer intervals: a hook
   set by a signal can be missed, and a C function may run for long. */
static void prepare_check(nj_host *host) {
  lua_State *L = host->running;
  int ticks = ++host->ticks, set = lua_gethookcount(L);
  int keeps_hook = nj_is_counting(host) || is_deep(L);
  /* A thousand instructions may take long, such as joining long strings. */
  int count = keeps_hook && host->wanted == NJ_NONE && ticks < 4 ? nj_quantum : 1;
  if (set == count && keeps_hook && (ticks & (ticks - 1)) != 0) return;
  if (set == count && count == nj_quantum) return;
  if (host->instruction_limit != 0) nj_flush_count(host); /* the new hook restarts its count */
  nj_hook(L, count);
}

/* The tick, on the thread that runs the script: makes it check at the next instruction. */
static void on_tick(int number) {
  (void)number;
  int saved = errno;
  int64_t now = monotonic();
  note_pause(now);
  beat = now;
  for (nj_host *host = innermost; host != NULL; host = host->outer) {
    int64_t deadline = host->deadline;
    int64_t late = deadline == 0 ? -1 : nj_now() - deadline;
    if (late >= 0 && host->wanted == NJ_NONE) host->wanted = NJ_TIME;
    check_resident(host);
    prepare_check(host);
    if (late > host->grace && host->grace != 0) nj_end_process(host, host->final_message);
  }
  errno = saved;
}

/* A real-time signal that nothing else in this process uses. */
static int tick_signal(void) { return SIGRTMIN + 6; }

void nj_forget_timer(nj_host *host) {
  if (host->timer_thread != 0) timer_delete(host->timer);
  host->timer_thread = 0;
}

/* Makes sure that there is a timer for this thread; a timer of another thread is deleted. */
static int has_timer(nj_host *host) {
  pid_t thread = (pid_t)syscall(SYS_gettid);
  if (host->timer_thread == thread) return 1;
  nj_forget_timer(host);
  struct sigaction action = {.sa_handler = on_tick, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(tick_signal(), &action, NULL);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, tick_signal());
  pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
  struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = tick_signal()};
  event._sigev_un._tid = thread;
  if (timer_create(CLOCK_MONOTONIC, &event, &host->timer) != 0) return 0;
  host->timer_thread = thread;
  return 1;
}

/* Starts or stops the ticks. */
static void set_ticking(nj_host *host, int isOn) {
  if (!isOn && host->timer_thread == 0) return;
  if (isOn && !has_timer(host)) return; /* then the deadline is checked less often */
  if (isOn && !host->is_ticking && ticking == 0) beat = monotonic();
  ticking += isOn - host->is_ticking;
  host->is_ticking = isOn;
  struct itimerspec times = {0};
  if (isOn) times.it_value.tv_nsec = times.it_interval.tv_nsec = host->tick;
  timer_settime(host->timer, 0, &times, NULL);
}

void nj_enter(lua_State *L) {
  nj_host *host = nj_host_of(L);
  nj_start_counting(host);
  host->outer = innermost;
  host->running = L;
  host->ticks = 0;
  innermost = host;
  nj_clear_interrupt(L);
  set_ticking(host, 1);
}

void nj_leave(lua_State *L) {
  nj_host *host = nj_host_of(L);
  set_ticking(host, 0);
  innermost = host->outer;
  host->outer = NULL;
  host->running = NULL;
}
