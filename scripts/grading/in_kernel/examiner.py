"""Người coi thi trong nhân: chạy một ô kiểm tra trong không gian tên riêng, ký kết quả.

Phép thử đến nơi đã dịch và còn mã hóa, nên mã nộp không đọc được nó từ lịch sử, từ `globals()` hay
từ linecache. Kết quả «qua» chỉ ký được bằng một bí mật nằm trong khung chạy của một generator, nơi
hàng rào không cho mở.
"""

# Các tên của builtins được lấy riêng, vì bản dùng chung thì mã nộp vá được.
# ruff: noqa: UP029


def _behind(function):
    """Hàm làm đúng việc của `function` mà không để lộ biến nào của nó.

    Các biến nằm trong khung chạy của một generator, nơi hàng rào không cho mở.
    """

    def one_call():
        given, options = yield
        yield function(*given, **options)

    def calls():
        step = None
        while True:
            yield step
            call = one_call()
            next(call)
            step = call.send

    line = calls()
    next(line)
    fresh = line.send
    return lambda *given, **options: fresh(None)((given, options))


def _examiner(secret, wanted, guards, _libraries, _behind, _spoiler, _watcher):
    import builtins
    import hashlib
    import json
    import linecache
    import marshal
    import sys
    from builtins import BaseException, bytes, eval, exec, list, set, str, type, vars, zip

    busy, testing, library, hidden = guards
    test_file, longest, tampered = "<ô kiểm tra>", 2000, "TamperedTestError"
    stream, frames, modules_now = sys.stdout, sys._current_frames, sys.modules
    restore = _libraries(wanted, busy, library, _behind)
    spoil, (honest, planted, Impostor, trusted, lies) = _spoiler(), _watcher(testing, _behind)
    user, plain = get_ipython().user_ns, {n for n in vars(builtins) if not n.startswith("_")}  # noqa: F821
    shake, sha, dumps, evaluate = hashlib.shake_256, hashlib.sha256, json.dumps, eval
    run, load, answered = exec, marshal.loads, set()
    trace_of = BaseException.__dict__["__traceback__"].__get__
    kind_name = type.__dict__["__name__"].__get__

    def unwatched(function, *given):
        """Việc của người coi thi mà hàng rào không xét."""
        busy.append(1)
        try:
            return function(*given)
        finally:
            busy.pop()

    residents = set(unwatched(frames))

    def strangers():
        """Các luồng không phải của nhân."""
        return set(unwatched(frames)) - residents

    def dismiss():
        """Cho nghỉ các luồng mà sinh viên quên đóng sau khi dùng concurrent.futures."""
        pool = modules_now.get("concurrent.futures.thread")
        try:
            waiting = list(pool._threads_queues.items())
            pool._shutdown = True
            for _, queue in waiting:
                queue.put(None)
            for thread, _ in waiting:
                thread.join(1)
            pool._shutdown = False
        except BaseException:  # mã nộp đã sửa chúng: luồng còn lại bị thấy ngay sau đây
            pass

    def decrypt(riddle, text, seal):
        """Việc được giao; lời gọi bị sửa dọc đường hay gọi lại lần nữa thì không làm."""
        written = sha((secret + riddle + text + secret).encode()).hexdigest()
        if written != seal or riddle in answered:
            raise Impostor
        answered.add(riddle)
        cipher = bytes.fromhex(text)
        key = shake((secret + riddle).encode()).digest(len(cipher))
        text = bytes(a ^ b for a, b in zip(cipher, key, strict=True)).decode()
        return evaluate(text, {"__builtins__": {}})

    def lines_of(error):
        """Các dòng của phép thử mà lỗi đi qua."""
        found, step = [], trace_of(error)
        while step is not None and len(found) < 20:
            if step.tb_frame.f_code.co_filename == test_file:
                found.append(step.tb_lineno)
            step = step.tb_next
        return found

    def describe(error):
        """Tên lỗi, lời báo và các dòng của phép thử; vật lỗi có thể do mã nộp chế ra."""
        lines, name, text = unwatched(lines_of, error), "Error", ""
        try:
            name, text = kind_name(type(error))[:100], str(error)[:longest]
        except BaseException:  # __str__ cũng có thể là bẫy
            pass
        return {"error": name, "text": text, "lines": lines}

    def refusal(why):
        return {"error": tampered, "text": why, "lines": []}

    def examine(riddle, cipher, seal):
        restore()
        task = decrypt(riddle, cipher, seal)
        dismiss()
        if strangers():
            return refusal("có luồng chạy nền")
        names, asked = testing[-1], task["names"]
        # Tên của builtins bị gán đè thì ô kiểm tra vẫn thấy bản gốc.
        names.update({n: v for n, v in user.items() if n in asked or n not in plain})
        names["__builtins__"] = builtins
        prepare, error = spoil if task["spoil"] else honest, None
        try:
            run(task["given"], names)
            trusted[:] = [names[n] for n in task["classes"] if n in names]
            names.update({n: prepare(names[n]) for n in asked if n in names})
            run(planted(unwatched(load, task["code"]), riddle), names)
        except Impostor:
            lies.append(1)
        except BaseException as caught:
            error = caught
        trusted.clear()
        if lies:
            lies.clear()
            return refusal("vật giả")
        patched, said = restore(), None
        if error is not None:
            said = describe(error)
            patched += restore()
        if patched or strangers():
            return refusal(f"đã sửa {patched[:3]}")
        return said or {"pass": sha((secret + riddle + "pass").encode()).hexdigest()}

    def attend():
        request = None
        while True:
            riddle, cipher, seal = yield request
            testing.append({})  # từ đây đến khi trả lời xong, mã nộp không mở được khung chạy nào
            try:
                verdict = examine(riddle, cipher, seal)
            except BaseException:
                verdict = refusal("")
            stream.write("\n" + riddle + dumps(verdict) + "\n")
            stream.flush()
            testing.pop()

    attending = attend()
    hidden.append(attending)
    next(attending)
    for name in [name for name in linecache.cache if "ipy" in name]:
        linecache.cache.pop(name)  # mã nguồn vừa chạy có bí mật
    return attending.send
