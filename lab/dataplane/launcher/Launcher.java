// Copyright: (c) 2026, manuela.event_streaming contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Runs the main class named by its first argument and ends the process when that fails, or hangs.
 *
 * A Camel whose context cannot start leaves its main method by an exception, while threads of a connected client live
 * on: the process would neither work nor end, and hold the MQTT client identifiers of its successor.
 */
public final class Launcher {

    private static final long LOOK_MILLIS = 2000;
    private static final int LOOKS = 3;
    private static final Pattern PART =
        Pattern.compile("org\\.eclipse\\.paho\\..*\\.internal\\.Comms(Sender|Receiver|Callback)");

    private Launcher() {
    }

    public static void main(String[] arguments) {
        Thread watch = new Thread(Launcher::endWhenMqttHangs, "watch");
        watch.setDaemon(true);
        watch.start();
        try {
            String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
            Class.forName(arguments[0]).getMethod("main", String[].class).invoke(null, (Object) rest);
        } catch (Throwable problem) {
            problem.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    /**
     * Plays the liveness probe that would restart such a container.
     *
     * When a connection is lost again while Paho connects anew, its connecting thread can wait for ever for a sender
     * or receiver that has ended already (eclipse-paho/paho.mqtt.java issue 999): connected, subscribed to nothing,
     * and never tried again.
     */
    private static void endWhenMqttHangs() {
        Map<Thread, Integer> seen = new HashMap<>();
        while (pause()) {
            Map<Thread, StackTraceElement[]> all = Thread.getAllStackTraces();
            all.values().removeIf(stack -> Arrays.stream(stack).noneMatch(Launcher::startsPart));
            seen.keySet().retainAll(all.keySet());
            all.keySet().forEach(thread -> seen.merge(thread, 1, Integer::sum));
            if (seen.containsValue(LOOKS)) {
                System.err.println("the MQTT client hangs while it connects anew; ended, to be started again: " + seen);
                Runtime.getRuntime().halt(1);
            }
        }
    }

    private static boolean startsPart(StackTraceElement frame) {
        return frame.getMethodName().equals("start") && PART.matcher(frame.getClassName()).matches();
    }

    private static boolean pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
            return true;
        } catch (InterruptedException end) {
            return false;
        }
    }
}
