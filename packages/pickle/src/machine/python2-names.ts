/**
 * Where Python 3 keeps what pickles of protocols 0 to 2 name as Python 2 did: what CPython's `Unpickler` does with
 * `fix_imports`, by the table of its module `_compat_pickle`.
 */
export function python3Name(
  module: string,
  name: string,
): { readonly module: string; readonly name: string } {
  const moved = NAMES.get(`${module}.${name}`);
  if (moved !== undefined) {
    const dot = moved.lastIndexOf('.');
    return { module: moved.slice(0, dot), name: moved.slice(dot + 1) };
  }
  if (module === 'exceptions') return { module: 'builtins', name };
  return { module: MODULES.get(module) ?? module, name };
}

/** Names that moved alone, with their old and new module. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['__builtin__.xrange', 'builtins.range'],
  ['__builtin__.reduce', 'functools.reduce'],
  ['__builtin__.intern', 'sys.intern'],
  ['__builtin__.unichr', 'builtins.chr'],
  ['__builtin__.unicode', 'builtins.str'],
  ['__builtin__.basestring', 'builtins.str'],
  ['__builtin__.long', 'builtins.int'],
  ['exceptions.StandardError', 'builtins.Exception'],
  ['itertools.izip', 'builtins.zip'],
  ['itertools.imap', 'builtins.map'],
  ['itertools.ifilter', 'builtins.filter'],
  ['itertools.ifilterfalse', 'itertools.filterfalse'],
  ['itertools.izip_longest', 'itertools.zip_longest'],
  ['UserDict.IterableUserDict', 'collections.UserDict'],
  ['_socket.fromfd', 'socket.fromfd'],
  ['socket._socketobject', 'socket.SocketType'],
  ['_multiprocessing.Connection', 'multiprocessing.connection.Connection'],
  ['multiprocessing.process.Process', 'multiprocessing.context.Process'],
  ['multiprocessing.forking.Popen', 'multiprocessing.popen_fork.Popen'],
  ...['AuthenticationError', 'BufferTooShort', 'ProcessError', 'TimeoutError'].map(
    (name) => [`multiprocessing.${name}`, `multiprocessing.context.${name}`] as const,
  ),
  ['urllib.ContentTooShortError', 'urllib.error.ContentTooShortError'],
  ['urllib2.HTTPError', 'urllib.error.HTTPError'],
  ['urllib2.URLError', 'urllib.error.URLError'],
  ...['getproxies', 'pathname2url', 'url2pathname', 'urlcleanup', 'urlopen', 'urlretrieve'].map(
    (name) => [`urllib.${name}`, `urllib.request.${name}`] as const,
  ),
  ...['quote', 'quote_plus', 'unquote', 'unquote_plus', 'urlencode'].map(
    (name) => [`urllib.${name}`, `urllib.parse.${name}`] as const,
  ),
]);

/** Modules that moved as a whole. */
const MODULES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    __builtin__: 'builtins',
    copy_reg: 'copyreg',
    Queue: 'queue',
    SocketServer: 'socketserver',
    ConfigParser: 'configparser',
    repr: 'reprlib',
    tkFileDialog: 'tkinter.filedialog',
    FileDialog: 'tkinter.filedialog',
    tkSimpleDialog: 'tkinter.simpledialog',
    SimpleDialog: 'tkinter.simpledialog',
    tkColorChooser: 'tkinter.colorchooser',
    tkCommonDialog: 'tkinter.commondialog',
    Dialog: 'tkinter.dialog',
    Tkdnd: 'tkinter.dnd',
    tkFont: 'tkinter.font',
    tkMessageBox: 'tkinter.messagebox',
    ScrolledText: 'tkinter.scrolledtext',
    Tkconstants: 'tkinter.constants',
    Tix: 'tkinter.tix',
    ttk: 'tkinter.ttk',
    Tkinter: 'tkinter',
    markupbase: '_markupbase',
    _winreg: 'winreg',
    thread: '_thread',
    dummy_thread: '_dummy_thread',
    dbhash: 'dbm.bsd',
    dumbdbm: 'dbm.dumb',
    dbm: 'dbm.ndbm',
    gdbm: 'dbm.gnu',
    anydbm: 'dbm',
    whichdb: 'dbm',
    xmlrpclib: 'xmlrpc.client',
    SimpleXMLRPCServer: 'xmlrpc.server',
    DocXMLRPCServer: 'xmlrpc.server',
    httplib: 'http.client',
    htmlentitydefs: 'html.entities',
    HTMLParser: 'html.parser',
    Cookie: 'http.cookies',
    cookielib: 'http.cookiejar',
    BaseHTTPServer: 'http.server',
    SimpleHTTPServer: 'http.server',
    CGIHTTPServer: 'http.server',
    'test.test_support': 'test.support',
    commands: 'subprocess',
    urlparse: 'urllib.parse',
    robotparser: 'urllib.robotparser',
    urllib2: 'urllib.request',
    _abcoll: 'collections.abc',
    cPickle: 'pickle',
    _elementtree: 'xml.etree.ElementTree',
    UserDict: 'collections',
    UserList: 'collections',
    UserString: 'collections',
    StringIO: 'io',
    cStringIO: 'io',
  }),
);
