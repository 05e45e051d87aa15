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
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Transfers by a client of the reference: ReferenceLoad HOST PORT ADDRESS SEED SECONDS WINDOW.
 * Keeps WINDOW transactions under way; begins again behind the account's sequence after a failure.
 * Prints {"ok":…,"failed":{ERROR:COUNT}}.
 */
public class ReferenceLoad {
  private static final long PAUSE_MS = 500;

  public static void main(String[] args) throws Exception {
    Address account = Address.create(Long.parseLong(args[2]));
    AKeyPair key = AKeyPair.create(Blob.fromHex(args[3]));
    long end = System.currentTimeMillis() + 1000 * Long.parseLong(args[4]);
    int window = Integer.parseInt(args[5]);
    Convex convex = Convex.connect(new InetSocketAddress(args[0], Integer.parseInt(args[1])), account, key);
    AtomicInteger ok = new AtomicInteger();
    Map<String, Integer> failed = new TreeMap<>();
    Semaphore free = new Semaphore(window);
    AtomicInteger broken = new AtomicInteger();
    long sequence = -1;
    while (System.currentTimeMillis() < end) {
      free.acquire();
      if (sequence < 0 || broken.get() > 0) {
        // All that is under way has to be over before the sequence is known again.
        free.acquire(window - 1);
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
              String code = error == null ? result.getErrorCode().toString() : error.toString();
              synchronized (failed) {
                failed.merge(code, 1, Integer::sum);
              }
            }
            free.release();
          });
    }
    free.acquire(window);
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, Integer> entry : failed.entrySet()) {
      if (text.length() > 0) text.append(',');
      text.append("\"" + entry.getKey().replace('"', '\'') + "\":" + entry.getValue());
    }
    System.out.println("{\"ok\":" + ok.get() + ",\"failed\":{" + text + "}}");
    System.exit(0);
  }
}
