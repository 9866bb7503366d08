// Lucene as a peer: indexes a file of "id<TAB>text" lines, runs a file of "id<TAB>query" lines, and
// prints the ten best ids and the CPU time of every query.
//
//   java -cp JARS LucenePeer DOCUMENTS QUERIES INDEX_DIR RUN_FILE WARM_UPS plain|english [STORE_IDS]
//
// english: EnglishAnalyzer (Porter, stop words); plain: words split at white space, for synthetic text.
// BM25 with k1 1.2 and b 0.75, one field, one thread, merged to one segment.
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.MMapDirectory;

public final class LucenePeer {
  static Query parse(Analyzer analyzer, String text) throws Exception {
    BooleanQuery.Builder builder = new BooleanQuery.Builder();
    try (TokenStream stream = analyzer.tokenStream("text", text)) {
      CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        builder.add(new TermQuery(new Term("text", term.toString())), BooleanClause.Occur.SHOULD);
      }
      stream.end();
    }
    return builder.build();
  }

  public static void main(String[] args) throws Exception {
    Path documents = Paths.get(args[0]), queries = Paths.get(args[1]), folder = Paths.get(args[2]);
    int warmUps = Integer.parseInt(args[4]);
    Analyzer analyzer = args[5].equals("plain") ? new WhitespaceAnalyzer() : new EnglishAnalyzer();
    boolean storeIds = args.length < 7 || args[6].equals("true");
    IndexSearcher.setMaxClauseCount(1 << 16);
    FieldType type = new FieldType();
    type.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    type.setTokenized(true);
    type.freeze();
    MMapDirectory directory = new MMapDirectory(folder);
    IndexWriterConfig config = new IndexWriterConfig(analyzer);
    config.setSimilarity(new BM25Similarity(1.2f, 0.75f));
    config.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
    config.setRAMBufferSizeMB(512);
    config.setMergeScheduler(new SerialMergeScheduler());
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    List<String> ids = new ArrayList<>();
    long began = threads.getCurrentThreadCpuTime();
    try (IndexWriter writer = new IndexWriter(directory, config);
        BufferedReader in = Files.newBufferedReader(documents, StandardCharsets.UTF_8)) {
      for (String line; (line = in.readLine()) != null; ) {
        int tab = line.indexOf('\t');
        Document document = new Document();
        if (storeIds) document.add(new StoredField("id", line.substring(0, tab)));
        else ids.add(line.substring(0, tab));
        document.add(new Field("text", line.substring(tab + 1), type));
        writer.addDocument(document);
      }
      writer.forceMerge(1);
      writer.commit();
    }
    double buildSeconds = (threads.getCurrentThreadCpuTime() - began) / 1e9;
    long bytes = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) bytes += Files.size(file);
    }
    List<String[]> lines = new ArrayList<>();
    for (String line : Files.readAllLines(queries, StandardCharsets.UTF_8)) lines.add(line.split("\t", 2));
    try (DirectoryReader reader = DirectoryReader.open(directory);
        PrintWriter run = new PrintWriter(args[3], "UTF-8")) {
      IndexSearcher searcher = new IndexSearcher(reader);
      searcher.setSimilarity(new BM25Similarity(1.2f, 0.75f));
      searcher.setQueryCache(null);
      long[] nanos = new long[lines.size()];
      Arrays.fill(nanos, Long.MAX_VALUE);
      for (int pass = 0; pass <= warmUps; ++pass) {
        for (int i = 0; i < lines.size(); ++i) {
          long start = threads.getCurrentThreadCpuTime();
          Query query = parse(analyzer, lines.get(i)[1]);
          TopDocs top = searcher.search(query, 10);
          if (pass == warmUps) nanos[i] = threads.getCurrentThreadCpuTime() - start;
          if (pass < warmUps) continue;
          StringBuilder out = new StringBuilder(lines.get(i)[0]);
          for (ScoreDoc hit : top.scoreDocs) {
            out.append('\t').append(storeIds ? reader.storedFields().document(hit.doc).get("id") : ids.get(hit.doc));
          }
          run.println(out);
        }
      }
      Arrays.sort(nanos);
      System.out.printf(
          "{\"peer\":\"lucene\",\"p50_us\":%.1f,\"p99_us\":%.1f,\"docs_per_second\":%.0f,\"bytes\":%d}%n",
          nanos[nanos.length / 2] / 1e3, nanos[(int) (nanos.length * 0.99)] / 1e3,
          reader.numDocs() / buildSeconds, bytes);
    }
  }
}
