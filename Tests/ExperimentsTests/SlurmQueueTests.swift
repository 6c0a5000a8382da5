import Experiments
import Testing

/// What `squeue` and `sacct` print, as it is read.
@Suite struct SlurmQueueTests {
  private func state(_ queue: SlurmQueue, _ index: Int) -> SlurmState? {
    queue.states[SlurmTaskName(job: "sweep-1", index: index)]
  }

  @Test func readsTheQueue() {
    let queue = SlurmQueue(
      squeue: """
        17|0|RUNNING|node1|None|sweep-1
        17|1|PENDING||QOSMaxJobsPerUserLimit|sweep-1
        17|2|NODE_FAIL|node2|NodeDown|sweep-1
        17|3-4,7%8|CANCELLED||None|sweep-1
        18|N/A|RUNNING|node1|None|other

        """)
    #expect(queue.jobs == ["sweep-1": 17])
    #expect(state(queue, 0) == .running(node: "node1"))
    #expect(state(queue, 1) == .waiting(reason: "QOSMaxJobsPerUserLimit"))
    #expect(state(queue, 2) == .ended(text: "NODE_FAIL", node: "node2"))
    for index in [3, 4, 7] { #expect(state(queue, index) == .cancelled) }
    #expect(queue.states.count == 6)
  }

  @Test func readsTheAccounting() {
    var queue = SlurmQueue(squeue: "17|0|RUNNING|node1|None|sweep-1")
    queue.merge(
      SlurmQueue(
        sacct: """
          17_0|PENDING||sweep-1
          17_1|CANCELLED by 1000|node1|sweep-1
          17_2|OUT_OF_MEMORY|node1|sweep-1
          17_[3-5%2]|PENDING||sweep-1
          """))
    // The queue is newer than the accounting.
    #expect(state(queue, 0) == .running(node: "node1"))
    #expect(state(queue, 1) == .cancelled)
    #expect(state(queue, 2) == .ended(text: "OUT_OF_MEMORY", node: "node1"))
    for index in 3...5 { #expect(state(queue, index) == .waiting(reason: "")) }
  }
}
