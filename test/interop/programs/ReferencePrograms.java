import convex.core.Result;
import convex.core.ResultContext;
import convex.core.cpos.Block;
import convex.core.cpos.BlockResult;
import convex.core.crypto.AKeyPair;
import convex.core.crypto.Ed25519Signature;
import convex.core.crypto.Hashing;
import convex.core.cvm.Address;
import convex.core.cvm.Context;
import convex.core.cvm.Keywords;
import convex.core.cvm.State;
import convex.core.cvm.TransactionContext;
import convex.core.cvm.transactions.ATransaction;
import convex.core.cvm.transactions.Invoke;
import convex.core.cvm.transactions.Multi;
import convex.core.data.ACell;
import convex.core.data.AList;
import convex.core.data.AMap;
import convex.core.data.AString;
import convex.core.data.AVector;
import convex.core.data.AccountKey;
import convex.core.data.Blob;
import convex.core.data.Cells;
import convex.core.data.Format;
import convex.core.data.Hash;
import convex.core.data.Keyword;
import convex.core.data.SignedData;
import convex.core.data.Vectors;
import convex.core.exceptions.BadFormatException;
import convex.core.exceptions.ParseException;
import convex.core.init.Init;
import convex.core.lang.RT;
import convex.core.lang.Reader;
import convex.core.store.MemoryStore;
import convex.etch.EtchStore;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What the reference answers to programs: ReferencePrograms GENESIS IN OUT PEERS. Writes the genesis State
 * of PEERS peers (seeds: the bytes 1, 2, … repeated) as a message to GENESIS, and for each line of IN
 * a line to OUT with as many JSON objects, separated by tabs, as the case has results:
 *   expression HEX           text of a form, run by the first peer's controller on the genesis
 *   juice LIMIT,LIMIT… HEX   the same with other juice limits, one object each
 *   transaction HEX          a message with a transaction, applied to the genesis
 *   blocks HEX,HEX…          messages with signed Blocks, one after the other, one object each
 *   kept HEX,HEX…            the same by a peer that keeps each block in its store before it is applied
 *   reread HEX,HEX…          the same, and once more with a State that is decoded again after each block
 *   text HEX                 read as forms
 *   message HEX              decoded and encoded again
 */
public class ReferencePrograms {
  private static final int PRINT_LIMIT = 4000;
  private static final long CONTROLLER = 12;
  private static State genesis;

  public static void main(String[] args) throws Exception {
    ArrayList<AccountKey> keys = new ArrayList<>();
    for (int i = 1; i <= Integer.parseInt(args[3]); i++) {
      byte[] seed = new byte[32];
      Arrays.fill(seed, (byte) i);
      keys.add(AKeyPair.create(Blob.wrap(seed)).getAccountKey());
    }
    genesis = Init.createState(keys);
    Files.write(Path.of(args[0]), Format.encodeMultiCell(genesis, true).getBytes());
    try (BufferedWriter out = Files.newBufferedWriter(Path.of(args[2]))) {
      for (String line : Files.readAllLines(Path.of(args[1]))) {
        out.write(answer(line.split(" ")));
        out.write("\n");
      }
    }
    System.exit(0);
  }

  private static String answer(String[] words) {
    resetDigests();
    String last = words[words.length - 1];
    switch (words[0]) {
      case "expression": return expression(text(last));
      case "juice": return limits(words[1].split(","), text(last));
      case "transaction": return transaction(last);
      case "blocks": return String.join("\t", blocks(last.split(","), false));
      case "kept": return String.join("\t", kept(last.split(",")));
      case "reread": return reread(last.split(","));
      case "text": return forms(text(last));
      case "message": return message(last);
      default: throw new IllegalArgumentException(words[0]);
    }
  }

  /** A hash that failed half way would go into the next one (T46), for as long as that is remembered. */
  private static void resetDigests() {
    Hashing.getSHA3Digest().reset();
    Hashing.getSHA256Digest().reset();
  }

  private static String expression(String source) {
    ACell form;
    try {
      form = Reader.read(source);
    } catch (Throwable t) {
      return "{\"parse\":false}";
    }
    Address origin = Address.create(CONTROLLER);
    long sequence = genesis.getAccount(origin).getSequence() + 1;
    return applied(Invoke.create(origin, sequence, form), ",\"form\":\"" + hash(form) + "\"");
  }

  private static String transaction(String hex) {
    ACell cell;
    try {
      cell = new MemoryStore().decodeMultiCell(Blob.fromHex(hex));
    } catch (BadFormatException e) {
      return "{\"decoded\":false}";
    } catch (Throwable t) {
      return "{\"decoded\":" + quote(t.getClass().getSimpleName()) + "}";
    }
    if (cell instanceof ATransaction t) return applied(t, "");
    return "{\"decoded\":\"no transaction\"}";
  }

  private static String applied(ATransaction transaction, String more) {
    try {
      TransactionContext context = TransactionContext.create(genesis);
      context.signedTx = SignedData.create(AccountKey.ZERO, Ed25519Signature.ZERO, transaction.getRef());
      context.origin = transaction.getOrigin();
      ResultContext done = genesis.applyTransaction(transaction, context);
      resetDigests();
      Result result = Result.fromContext(null, done);
      ACell error = result.getErrorCode();
      ACell value = result.getValue();
      AVector<AVector<ACell>> log = result.getLog();
      if (transaction instanceof Multi && value instanceof AVector<?> children) value = ends(children);
      String ended =
          error == null
              ? ",\"value\":" + printed(value) + ",\"hash\":\"" + hash(value) + "\",\"size\":" + Cells.storageSize(value)
              : error(error);
      return "{\"juice\":" + done.juiceUsed + ",\"fees\":" + done.getJuiceFees() + ",\"memory\":" + done.memUsed
          + ",\"state\":\"" + hash(done.getState()) + "\",\"log\":\"" + (log == null || log.isEmpty() ? "" : hash(log)) + "\""
          + ended + more + "}";
    } catch (Throwable t) {
      return "{\"thrown\":" + quote(t.getClass().getSimpleName()) + more + "}";
    }
  }

  /** What the children of a Multi ended with: their values, and the codes of errors, whose messages are free. */
  private static AVector<ACell> ends(AVector<?> children) {
    AVector<ACell> ends = Vectors.empty();
    for (long i = 0; i < children.count(); i++) {
      Result child = (Result) children.get(i);
      ACell value = child.getValue();
      if (child.isError()) value = child.getErrorCode();
      else if (isResults(value)) value = ends((AVector<?>) value);
      ends = ends.conj(value);
    }
    return ends;
  }

  /** What a hand made can be a Vector without the parts that it counts: that is no Results. */
  private static boolean isResults(ACell value) {
    try {
      return value instanceof AVector<?> inner && inner.count() > 0 && inner.get(0) instanceof Result;
    } catch (RuntimeException e) {
      return false;
    }
  }

  private static String limits(String[] limits, String source) {
    ArrayList<String> rows = new ArrayList<>();
    for (String limit : limits) {
      try {
        ACell form = Reader.read(source);
        Context done = Context.create(genesis, Address.create(CONTROLLER), Long.parseLong(limit)).run(form);
        String ended =
            done.isExceptional()
                ? error(done.getErrorCode())
                : ",\"hash\":\"" + hash(done.getResult()) + "\"";
        rows.add("{\"juice\":" + done.getJuiceUsed() + ",\"limit\":" + done.getJuiceLimit() + ",\"state\":\""
            + hash(done.getState()) + "\",\"log\":\"" + hash(done.getLog()) + "\"" + ended + "}");
      } catch (ParseException e) {
        rows.add("{\"parse\":false}");
      } catch (Throwable t) {
        rows.add("{\"thrown\":" + quote(t.getClass().getSimpleName()) + "}");
      }
    }
    return String.join("\t", rows);
  }

  /** A row tells where the State that was decoded again after each block ends otherwise than the one kept. */
  private static String reread(String[] messages) {
    ArrayList<String> rows = blocks(messages, false);
    ArrayList<String> others = blocks(messages, true);
    for (int i = 0; i < rows.size(); i++) {
      String row = rows.get(i);
      if (!row.equals(others.get(i))) rows.set(i, row.substring(0, row.length() - 1) + ",\"reread\":" + others.get(i) + "}");
    }
    return String.join("\t", rows);
  }

  private static ArrayList<String> blocks(String[] messages, boolean isReread) {
    ArrayList<String> rows = new ArrayList<>();
    State state = genesis;
    for (String hex : messages) {
      try {
        @SuppressWarnings("unchecked")
        SignedData<Block> block = (SignedData<Block>) (ACell) new MemoryStore().decodeMultiCell(Blob.fromHex(hex));
        BlockResult applied = state.applyBlock(block);
        resetDigests();
        // A peer keeps the State of each block in its store.
        state = (State) Cells.persist(applied.getState(), new MemoryStore());
        if (isReread) state = new MemoryStore().decodeMultiCell(Format.encodeMultiCell(state, true));
        rows.add("{\"state\":\"" + hash(state) + "\"," + results(applied.getResults()) + "}");
      } catch (Throwable t) {
        rows.add("{\"thrown\":" + quote(t.getClass().getSimpleName()) + "}");
      }
    }
    return rows;
  }

  private static ArrayList<String> kept(String[] messages) {
    ArrayList<String> rows = new ArrayList<>();
    EtchStore store;
    try {
      store = EtchStore.createTemp();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    State state = genesis;
    for (String hex : messages) {
      try {
        @SuppressWarnings("unchecked")
        SignedData<Block> block = (SignedData<Block>) Cells.persist((ACell) store.decodeMultiCell(Blob.fromHex(hex)), store);
        BlockResult applied = state.applyBlock(block);
        resetDigests();
        state = Cells.persist(applied.getState(), store);
        rows.add("{\"state\":\"" + hash(state) + "\"," + results(applied.getResults()) + "}");
      } catch (Throwable t) {
        rows.add("{\"thrown\":" + quote(t.getClass().getSimpleName()) + "}");
      }
    }
    store.close();
    return rows;
  }

  /** How each ended, what it logged and what is told of it; texts of errors and traces are free. */
  private static String results(AVector<Result> results) {
    if (results == null) return "\"results\":null";
    ArrayList<String> ends = new ArrayList<>();
    ArrayList<String> logs = new ArrayList<>();
    ArrayList<String> infos = new ArrayList<>();
    for (long i = 0; i < results.count(); i++) {
      Result result = results.get(i);
      ACell error = result.getErrorCode();
      ACell value = result.getValue();
      if (isResults(value)) value = ends((AVector<?>) value);
      AMap<Keyword, ACell> info = result.getInfo();
      ends.add(quote(hash(error == null ? value : error)));
      logs.add(quote(hash(result.getLog())));
      infos.add(quote(hash(Vectors.of(result.getID(), info == null ? null : info.dissoc(Keywords.TRACE)))));
    }
    return "\"results\":" + ends + ",\"logs\":" + logs + ",\"infos\":" + infos;
  }

  private static String forms(String source) {
    try {
      AList<ACell> forms = Reader.readAll(source);
      return "{\"forms\":" + forms.count() + ",\"hash\":\"" + hash(forms) + "\",\"value\":" + printed(forms) + "}";
    } catch (Throwable t) {
      return "{\"parse\":false}";
    }
  }

  private static String message(String hex) {
    try {
      ACell cell = new MemoryStore().decodeMultiCell(Blob.fromHex(hex));
      String value;
      try {
        value = printed(cell);
      } catch (Throwable t) {
        value = "null";
      }
      return "{\"hash\":\"" + hash(cell) + "\",\"value\":" + value + "}";
    } catch (Throwable t) {
      return "{\"decoded\":false}";
    }
  }

  private static String error(ACell code) {
    String name = code instanceof Keyword ? code.toString().replaceAll("[^ -~]|[\"\\\\]", "?") : "other";
    return ",\"error\":\"" + hash(code) + "\",\"code\":" + quote(name);
  }

  private static String hash(ACell cell) {
    return (cell == null ? Hash.NULL_HASH : cell.getHash()).toHexString();
  }

  private static String text(String hex) {
    return new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
  }

  /** Hash of the bytes that a value prints as, or null where printing throws; its stack may end first. */
  private static String printed(ACell cell) {
    try {
      AString text = RT.print(cell, PRINT_LIMIT);
      return text == null ? "\"too long\"" : "\"" + text.toBlob().getHash().toHexString() + "\"";
    } catch (StackOverflowError e) {
      return "\"too long\"";
    } catch (Throwable t) {
      return "null";
    }
  }

  private static String quote(String text) {
    return "\"" + text + "\"";
  }
}
