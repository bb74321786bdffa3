"""Edit the Emscripten glue (`lean.js`, 89 MB) into one that starts in milliseconds.

Every edit must match exactly once, so that another build of the package fails loudly instead of half working.
What each edit gains is measured in docs/embedded-lean.md.
"""

from __future__ import annotations

import re

from prover.errors import SetupError

EDITS: tuple[tuple[str, str], ...] = (
    # The host passes its configuration in; a CommonJS module sees no global `Module` otherwise.
    ('var Module=typeof Module!="undefined"?Module:{};', "var Module=globalThis.leanModule??{};"),
    # The function table and the `invoke_*` functions come from link.cjs.
    (
        "function getWasmImports(){assignWasmImports();",
        'function getWasmImports(){assignWasmImports();require("./link.cjs").link(wasmImports,__dirname);',
    ),
    # Threads are started when Lean asks for one, which plain proving never does.
    ("var pthreadPoolSize=4;", "var pthreadPoolSize=0;"),
    # All functions of the module have fixed table slots: there is nothing to look up or to synchronise.
    ("functionsInTableMap=new WeakMap;updateTableMap(0,wasmTable.length)", "functionsInTableMap=new WeakMap"),
    # No other module is ever loaded that would want this one's thread-local symbols.
    (
        "var tlsExports={};metadata.tlsExports.forEach(s=>tlsExports[s]=moduleExports[s]);"
        "updateGOT(relocateExports(tlsExports,__tls_base),true)",
        "",
    ),
    # Graphics and sound are linked in but never called.
    ("if(entry.value==-1){", "if(/^(emscripten_)?(gl|al)/.test(symName)){entry.value=0}if(entry.value==-1){"),
    # A saved image replaces the run of the static constructors.
    ('wasmExports["__wasm_call_ctors"]();', 'Module["construct"](wasmExports["__wasm_call_ctors"]);'),
    # What the host needs of the glue's insides.
    (
        "var wasmExports;if(!ENVIRONMENT_IS_PTHREAD){createWasm();run()}",
        'var wasmExports;Module["insides"]={FS,NODEFS,ENV,convertJsFunctionToWasm,stackSave,stackRestore,'
        "PThread,awaitMailbox:()=>__emscripten_thread_mailbox_await(_pthread_self()),"
        "forgetExceptions:()=>{exceptionCaught.length=0;exceptionLast=0;uncaughtExceptionCount=0},"
        "get table(){return wasmTable},get exports(){return wasmExports},get memory(){return wasmMemory}};"
        "if(!ENVIRONMENT_IS_PTHREAD){createWasm();run()}",
    ),
)


def slim(glue: str) -> str:
    """Apply the edits and drop the 201,109 one-line stubs that nothing uses.

    Raises:
        SetupError: the glue is not the one these edits were made for.
    """
    glue = _drop_stubs(glue)
    glue = _replace_dlsym(glue)
    for old, new in EDITS:
        if glue.count(old) != 1:
            raise _unknown_build(f"`{old[:60]}` found {glue.count(old)} times")
        glue = glue.replace(old, new)
    return glue


def needed_exports(slimmed: str) -> set[str]:
    """The exports of the WebAssembly module that the slimmed glue names."""
    return set(re.findall(r'wasmExports\["([^"]+)"\]', slimmed)) - {"__indirect_function_table"}


def _drop_stubs(glue: str) -> str:
    start = glue.find("function assignWasmExports(")
    end = glue.find("}", start)
    declared = glue.rfind("var ", 0, start)
    if min(start, end, declared) < 0:
        raise _unknown_build("no assignWasmExports")
    stubs = re.findall(r'(\w+)=(?:Module\["[^"]+"\]=)?wasmExports\["([^"]+)"\](\.value)?', glue[start:end])
    names = [name.strip() for name in glue[declared + 4 : start].rstrip(";").split(",")]
    before, after = glue[:declared], glue[end + 1 :]
    used = set(re.findall(r"[A-Za-z_$][\w$]*", before)) | set(re.findall(r"[A-Za-z_$][\w$]*", after))
    kept = ";".join(f'{name}=wasmExports["{symbol}"]{value}' for name, symbol, value in stubs if name in used)
    variables = ",".join(name for name in names if name in used)
    return f"{before}var {variables};function assignWasmExports(wasmExports){{{kept}}}{after}"


def _replace_dlsym(glue: str) -> str:
    start = glue.find("var __dlsym_js=(handle,symbol,symbolIndex)=>{")
    end = glue.find('__dlsym_js.sig="pppp"', start)
    if min(start, end) < 0:
        raise _unknown_build("no dlsym")
    lookup = (
        "var __dlsym_js=(handle,symbol,symbolIndex)=>{symbol=UTF8ToString(symbol);"
        'var result=(Module["symbols"]??=require("./symbols.cjs").load(__dirname)).find(symbol);'
        'if(result===undefined){dlSetError("unknown symbol "+symbol);return 0}return result};'
    )
    return glue[:start] + lookup + glue[end:]


def _unknown_build(what: str) -> SetupError:
    return SetupError(
        f"lean.js is not the build this version of prover knows: {what}",
        advice="Run `prover lean install --force`; if that does not help, report it.",
    )
