/* A disk whose cache flush takes SLOW_FLUSH_MS, for programs started with LD_PRELOAD.
 *
 * It behaves as a journalling file system does (ext4's jbd2): one flush at a time; whoever asks while one
 * is under way waits for the next, and that one serves everybody who has asked by then. The real calls are
 * made as well, so nothing is less durable than without it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t done = PTHREAD_COND_INITIALIZER;
static unsigned long started, finished;
static int busy;

static void flush(void) {
  const char *text = getenv("SLOW_FLUSH_MS");
  long milliseconds = text ? atol(text) : 0;
  struct timespec wait = {milliseconds / 1000, (milliseconds % 1000) * 1000000L};
  pthread_mutex_lock(&lock);
  unsigned long wanted = started + 1;
  while (finished < wanted) {
    if (busy) {
      pthread_cond_wait(&done, &lock);
      continue;
    }
    busy = 1;
    unsigned long mine = ++started;
    pthread_mutex_unlock(&lock);
    nanosleep(&wait, NULL);
    pthread_mutex_lock(&lock);
    busy = 0;
    finished = mine;
    pthread_cond_broadcast(&done);
  }
  pthread_mutex_unlock(&lock);
}

#define SLOW(name)                                              \
  int name(int descriptor) {                                    \
    static int (*real)(int);                                    \
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, #name);    \
    flush();                                                    \
    return real(descriptor);                                    \
  }

SLOW(fsync)
SLOW(fdatasync)
SLOW(syncfs)
