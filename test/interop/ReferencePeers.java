import convex.core.crypto.AKeyPair;
import convex.core.cvm.Keywords;
import convex.core.cvm.Peer;
import convex.core.cvm.State;
import convex.core.data.ACell;
import convex.core.data.AccountKey;
import convex.core.data.Blob;
import convex.core.data.Keyword;
import convex.core.init.Init;
import convex.peer.API;
import convex.peer.Server;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;

/**
 * Peers of the reference for tests beside ours: ReferencePeers FIRST COUNT KEYS HOST PORT [HOST:PORT…].
 * The genesis has KEYS peers, whose seeds are the byte 1, 2, … repeated; this process runs COUNT of
 * them from FIRST on, at HOST from PORT on, connected to each other and to the addresses named.
 * Prints {"genesis":…} when they run, and then twice a second {"peers":[{"port":…,"state":…,"position":…}]}.
 */
public class ReferencePeers {
  public static void main(String[] args) throws Exception {
    int first = Integer.parseInt(args[0]);
    int count = Integer.parseInt(args[1]);
    int keys = Integer.parseInt(args[2]);
    String host = args[3];
    int port = Integer.parseInt(args[4]);
    ArrayList<AccountKey> accountKeys = new ArrayList<>();
    for (int i = 1; i <= keys; i++) accountKeys.add(pair(i).getAccountKey());
    State genesis = Init.createState(accountKeys);
    List<Server> servers = new ArrayList<>();
    for (int i = 0; i < count; i++) servers.add(launch(pair(first + i), genesis, host, port + i));
    System.out.println("{\"genesis\":\"" + genesis.getHash().toHexString() + "\"}");
    for (Server server : servers) {
      for (Server other : servers) {
        if (other != server) connect(server, host, other.getPort());
      }
    }
    for (int i = 5; i < args.length; i++) {
      int colon = args[i].lastIndexOf(':');
      connect(servers.get(0), args[i].substring(0, colon), Integer.parseInt(args[i].substring(colon + 1)));
    }
    report(servers);
  }

  private static AKeyPair pair(int number) {
    byte[] seed = new byte[32];
    Arrays.fill(seed, (byte) number);
    return AKeyPair.create(Blob.wrap(seed));
  }

  private static Server launch(AKeyPair key, State genesis, String host, int port) throws Exception {
    HashMap<Keyword, Object> config = new HashMap<>();
    config.put(Keywords.KEYPAIR, key);
    config.put(Keywords.STATE, genesis);
    config.put(Keywords.PORT, port);
    config.put(Keywords.AUTO_MANAGE, true);
    config.put(Keywords.URL, "tcp://" + host + ":" + port);
    return API.launchPeer(config);
  }

  /** Whoever can't be reached now is dialled by the address in the State later. */
  private static void connect(Server server, String host, int port) {
    server.getConnectionManager().connectToPeer(new InetSocketAddress(host, port));
  }

  private static void report(List<Server> servers) throws InterruptedException {
    while (true) {
      StringBuilder line = new StringBuilder("{\"peers\":[");
      for (Server server : servers) {
        Peer peer = server.getPeer();
        if (line.charAt(line.length() - 1) == '}') line.append(',');
        line.append("{\"port\":" + server.getPort());
        line.append(",\"isRunning\":" + server.isRunning());
        line.append(",\"state\":\"" + peer.getConsensusState().getHash().toHexString() + "\"");
        line.append(",\"position\":" + peer.getStatePosition() + "}");
      }
      System.out.println(line.append("]}"));
      Thread.sleep(500);
    }
  }
}
