// Copyright: (c) 2026, manuela.event_streaming contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Runs the main class named by its first argument and ends the process when that fails.
 *
 * A Camel whose context cannot start leaves its main method by an exception, while threads of a connected client live
 * on: the process would neither work nor end, and hold the MQTT client identifiers of its successor.
 */
public final class Launcher {

    private Launcher() {
    }

    public static void main(String[] arguments) {
        try {
            String[] rest = java.util.Arrays.copyOfRange(arguments, 1, arguments.length);
            Class.forName(arguments[0]).getMethod("main", String[].class).invoke(null, (Object) rest);
        } catch (Throwable problem) {
            problem.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }
}
