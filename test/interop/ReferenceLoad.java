import convex.api.Convex;
import convex.core.crypto.AKeyPair;
import convex.core.cvm.Address;
import convex.core.cvm.transactions.Transfer;
import convex.core.data.Blob;
import convex.core.data.prim.CVMLong;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Transfers by a client of the reference: ReferenceLoad HOST PORT ADDRESS SEED SECONDS WINDOW.
 * Keeps WINDOW transactions under way; begins again behind the account's sequence after a failure, and on
 * another connection when its own is lost. Prints {"ok":…,"failed":{ERROR:COUNT}}.
 */
public class ReferenceLoad {
  private static final long PAUSE_MS = 500;
  /** How long a Result may take before the connection counts as lost. */
  private static final long RESULT_SECONDS = 10;

  private final InetSocketAddress peer;
  private final Address account;
  private final AKeyPair key;
  private final long end;
  private final int window;
  private final AtomicInteger ok = new AtomicInteger();
  private final Map<String, Integer> failed = new TreeMap<>();

  private ReferenceLoad(String[] args) {
    peer = new InetSocketAddress(args[0], Integer.parseInt(args[1]));
    account = Address.create(Long.parseLong(args[2]));
    key = AKeyPair.create(Blob.fromHex(args[3]));
    end = System.currentTimeMillis() + 1000 * Long.parseLong(args[4]);
    window = Integer.parseInt(args[5]);
  }

  public static void main(String[] args) throws Exception {
    ReferenceLoad load = new ReferenceLoad(args);
    while (System.currentTimeMillis() < load.end) {
      try {
        load.run(Convex.connect(load.peer, load.account, load.key));
      } catch (Exception lost) {
        load.count("connection lost");
        Thread.sleep(PAUSE_MS);
      }
    }
    System.out.println(load.outcome());
    System.exit(0);
  }

  private void run(Convex convex) throws Exception {
    Semaphore free = new Semaphore(window);
    AtomicInteger broken = new AtomicInteger();
    long sequence = -1;
    while (System.currentTimeMillis() < end) {
      take(free, 1);
      if (sequence < 0 || broken.get() > 0) {
        // All that is under way has to be over before the sequence is known again.
        take(free, window - 1);
        if (sequence >= 0) Thread.sleep(PAUSE_MS);
        broken.set(0);
        sequence = ((CVMLong) convex.querySync("*sequence*").getValue()).longValue();
        free.release(window - 1);
      }
      convex.transact(key.signData(Transfer.create(account, ++sequence, Address.create(13), 1)))
          .whenComplete((result, error) -> {
            if (error == null && !result.isError()) {
              ok.incrementAndGet();
            } else {
              broken.incrementAndGet();
              count(error == null ? result.getErrorCode().toString() : error.toString());
            }
            free.release();
          });
    }
    take(free, window);
  }

  private static void take(Semaphore free, int count) throws Exception {
    if (!free.tryAcquire(count, RESULT_SECONDS, TimeUnit.SECONDS)) throw new TimeoutException();
  }

  private synchronized void count(String failure) {
    failed.merge(failure, 1, Integer::sum);
  }

  private synchronized String outcome() {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, Integer> entry : failed.entrySet()) {
      if (text.length() > 0) text.append(',');
      text.append("\"" + entry.getKey().replace('"', '\'') + "\":" + entry.getValue());
    }
    return "{\"ok\":" + ok.get() + ",\"failed\":{" + text + "}}";
  }
}
